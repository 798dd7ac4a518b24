"""The state as Parquet beside the warehouse: one folder for each kind of company.

Two things hold the state: the live file, and this copy for when that file is lost. They
are written so that a run may be killed between any two steps: the copy is written whole
as <kind>.next, then the live file is replaced, then the copy takes its place. Whatever
is found at the next start says by its run whether its live file was published.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from inference_revenue.errors import UserError
from inference_revenue.inputs.text import literal, path_literal, quoted

MANIFEST = "manifest.json"


def saved_folder(saved: Path, company: str) -> Path:
    """Where the state of a company lies as Parquet: one folder per kind of company."""
    return saved / company.partition(":")[0]


def stage_state(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the state schema whole beside `folder`; `promote` puts it in its place."""
    fresh, staged = _beside(folder, "new"), _beside(folder, "next")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(staged, ignore_errors=True)
    fresh.mkdir(parents=True)
    files = {}
    for (table,) in con.execute(
        "select table_name from information_schema.tables where table_catalog ="
        " current_catalog() and table_schema = 'state' order by table_name"
    ).fetchall():
        path = fresh / f"{table}.parquet"
        target = literal(str(path))
        con.execute(f"copy state.{quoted(table)} to {target} (format parquet)")
        files[path.name] = _sha256(path)
        _to_disk(path)
    run = con.execute("select run_id, company from state.run_context").fetchone()
    said = {
        "run_id": run[0] if run else None,
        "company": run[1] if run else None,
        "files": files,
    }
    manifest = fresh / MANIFEST
    manifest.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    _to_disk(manifest)
    fresh.rename(staged)
    _to_disk(staged.parent)


def promote(folder: Path) -> None:
    """Put what was staged in the place of the copy before it."""
    staged, old = _beside(folder, "next"), _beside(folder, "old")
    if not staged.exists():
        return
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    staged.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def save_state(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the state schema as Parquet, one file a table, replacing the folder."""
    stage_state(con, folder)
    promote(folder)


def settle(saved: Path, live_run: str | None) -> None:
    """Finish or undo what a killed run left of saving its state.

    Args:
        saved: the folder of all copies.
        live_run: the run of the live file; None if there is no file that says.
    """
    if not saved.is_dir():
        return
    for staged in sorted(saved.glob("*.next")):
        folder = staged.with_name(staged.name.removesuffix(".next"))
        # Without a live file the copy may be all that is left of what was posted.
        if live_run in (None, _manifest(staged).run_id):
            promote(folder)
        else:
            shutil.rmtree(staged)
    for pattern in ("*.new", "*.old"):
        for rest in saved.glob(pattern):
            shutil.rmtree(rest, ignore_errors=True)


def saved_tables(folder: Path) -> dict[str, str]:
    """The tables of a copy as SQL, by name; empty where there is no copy.

    Raises:
        UserError: a file of it is gone, or is not what was saved.
    """
    if not folder.exists():
        return {}
    listed = _manifest(folder).files
    for name, digest in listed.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != digest:
            state = "is not what was saved" if path.is_file() else "is gone"
            raise _damaged(folder, f"{name} {state}")
    return {
        Path(name).stem: f"read_parquet({path_literal(folder / name)})"
        for name in listed
    }


def restore(backup: Path, saved: Path, live: Path, live_company: str | None) -> Path:
    """Take a backup of a saved state as the state that the next run carries.

    Args:
        backup: a copy of a folder warehouse/state/<kind>.
        saved: folder of the states of this warehouse.
        live: the published file.
        live_company: whose books it holds, None if there is none.

    Returns:
        The folder that was written.

    Raises:
        UserError: it is no such folder or damaged, or the live file goes before it.
    """
    if not (backup / MANIFEST).is_file():
        raise UserError(
            f"{backup} holds no saved state ({MANIFEST} is not there); give a copy of "
            f"a folder such as {saved / 'own'}."
        )
    saved_tables(backup)
    company = _manifest(backup).company
    if company is not None and company == live_company:
        raise UserError(
            f"{live} holds the state of the same company, which goes before any copy; "
            f"move it away if the backup is to be used."
        )
    folder = saved_folder(saved, company or "own")
    fresh, staged = _beside(folder, "new"), _beside(folder, "next")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(backup, fresh)
    fresh.rename(staged)
    promote(folder)
    return folder


@dataclass(frozen=True)
class _Manifest:
    """What a copy says of itself: its run, whose it is, and the hash of each file."""

    run_id: str | None
    company: str | None
    files: dict[str, str]


def _manifest(folder: Path) -> _Manifest:
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return _Manifest(said["run_id"], said["company"], dict(said["files"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, f"{MANIFEST} cannot be read") from error


def _damaged(folder: Path, what: str) -> UserError:
    return UserError(
        f"The saved state in {folder} is damaged ({what}); bring the folder back from "
        f"a backup, or move it away to begin from the inputs alone, which forgets what "
        f"closed periods had posted."
    )


def _beside(folder: Path, ending: str) -> Path:
    return folder.with_name(f"{folder.name}.{ending}")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
