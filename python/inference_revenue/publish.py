"""The work file and its publishing: one writer, and an atomic replace."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from inference_revenue.errors import UserError
from inference_revenue.state import save_state, saved_folder

Config = dict[str, str | bool | int | float | list[str]]

# Older DuckDB, and so most BI drivers, cannot open what 2.0 writes by default.
STORAGE: Config = {"storage_compatibility_version": "v1.0.0"}


@contextmanager
def only_run(warehouse: Path) -> Iterator[None]:
    """Hold the warehouse for one run.

    Raises:
        UserError: another run holds it, with who and since when.
    """
    warehouse.mkdir(parents=True, exist_ok=True)
    holder = warehouse / "run.lock.json"
    lock = FileLock(warehouse / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(
            f"Another run{_held_by(holder)} is building in {warehouse}; wait for it to "
            f"end, nothing was changed."
        ) from error
    try:
        said = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        }
        holder.write_text(json.dumps(said), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def open_file(
    path: Path, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a database file, in UTC, closed at the end."""
    config = {} if read_only else STORAGE
    con = duckdb.connect(str(path), read_only=read_only, config=config)
    try:
        con.execute("set TimeZone = 'UTC'")
        yield con
    finally:
        con.close()


def remove_stale(work: Path) -> None:
    """Remove what an earlier run left, unless someone is building in it.

    Raises:
        UserError: another process has the work file open.
    """
    work.parent.mkdir(parents=True, exist_ok=True)
    if work.exists():
        try:
            duckdb.connect(str(work), config=STORAGE).close()
        except duckdb.IOException as error:
            if "lock" in str(error):
                raise UserError(
                    f"{work} is being built by another process (a dbt command?); wait "
                    f"for it to end."
                ) from error
        except duckdb.Error:
            pass  # a damaged file: it is removed all the same
    for path in (work, _log_of(work)):
        path.unlink(missing_ok=True)


def publish(work: Path, live: Path, saved: Path, company: str) -> None:
    """Put the work file in the live file's place, then save its state as Parquet.

    Who has the old file open keeps reading it; who opens the file from now on reads the
    new one.
    """
    with open_file(work) as con:
        con.execute("checkpoint")
    with work.open("rb") as stream:
        os.fsync(stream.fileno())
    # A log that a crashed writer left belongs to the old file.
    _log_of(live).unlink(missing_ok=True)
    work.replace(live)
    with open_file(live, read_only=True) as con:
        save_state(con, saved_folder(saved, company))


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write a JSON file in one step."""
    fresh = path.with_name(path.name + ".new")
    text = json.dumps(content, indent=2, default=str, ensure_ascii=False)
    fresh.write_text(text + "\n", encoding="utf-8")
    fresh.replace(path)


def _log_of(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _held_by(holder: Path) -> str:
    try:
        said = json.loads(holder.read_text(encoding="utf-8"))
        return f" (process {said['pid']} on {said['host']}, since {said['since']})"
    except (OSError, ValueError, KeyError):
        return ""
