"""The work file and its publishing: one writer, and an atomic replace."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from inference_revenue.duckdb_session import prepare_session
from inference_revenue.errors import UserError
from inference_revenue.files_io import write_json
from inference_revenue.saved_state import promote, saved_folder, stage_state

Config = dict[str, str | bool | int | float | list[str]]

# Older DuckDB, and so most BI drivers, cannot open what 2.0 writes by default.
STORAGE: Config = {"storage_compatibility_version": "v1.0.0"}
NOTE = "published.json"
HEAD_BYTES = 3 * 4096
"""Where DuckDB counts how often a file was written."""


@dataclass
class Hold:
    """The hold of one run on its warehouse; says to others what it is doing."""

    path: Path
    since: datetime

    def doing(self, what: str) -> None:
        """Say what is being done now."""
        write_json(
            self.path,
            {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "since": f"{self.since:%Y-%m-%d %H:%M:%S} UTC",
                "doing": what,
            },
        )


@contextmanager
def only_run(warehouse: Path, doing: str = "starting") -> Iterator[Hold]:
    """Hold the warehouse for one run.

    The system gives the lock back when its holder ends, however it ends: what a killed
    run leaves here stops nobody.

    Raises:
        UserError: another run holds it: who, since when and what it is doing.
    """
    warehouse.mkdir(parents=True, exist_ok=True)
    holder = warehouse / "run.lock.json"
    lock = FileLock(warehouse / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(
            f"Another run{_held_by(holder)} holds {warehouse}; wait for it to end, "
            f"nothing was changed."
        ) from error
    try:
        hold = Hold(holder, datetime.now(UTC))
        hold.doing(doing)
        yield hold
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def open_file(
    path: Path, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a database file, set up as all are, closed at the end."""
    config = {} if read_only else STORAGE
    con = duckdb.connect(str(path), read_only=read_only, config=config)
    try:
        prepare_session(con)
        yield con
    finally:
        con.close()


def run_of(live: Path) -> tuple[str, str] | None:
    """The run that a file was built in and its company; None if nothing says so."""
    if not live.exists():
        return None
    try:
        with open_file(live, read_only=True) as con:
            row = con.execute(
                "select run_id, company from state.run_context"
            ).fetchone()
    except duckdb.Error:  # no database, or one in use: whoever needs it will say so
        return None
    return (str(row[0]), str(row[1])) if row else None


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
    """Put the work file in the live file's place, and its state beside it as Parquet.

    Who has the old file open keeps reading it; who opens the file from now on reads the
    new one. `saved_state.settle` makes good what a kill between the steps leaves.
    """
    folder = saved_folder(saved, company)
    with open_file(work) as con:
        con.execute("checkpoint")
        stage_state(con, folder)
    with work.open("rb") as stream:
        os.fsync(stream.fileno())
    write_json(live.with_name(NOTE), {"head": _head_of(work)})
    # A log that a crashed writer left belongs to the old file.
    _log_of(live).unlink(missing_ok=True)
    work.replace(live)
    promote(folder)


def is_as_published(live: Path) -> bool:
    """Whether nobody wrote into the live file since a run put it there."""
    try:
        note = json.loads(live.with_name(NOTE).read_text(encoding="utf-8"))
        return bool(note["head"] == _head_of(live))
    except (OSError, ValueError, KeyError):
        return False


def _head_of(database: Path) -> str:
    with database.open("rb") as stream:
        return hashlib.sha256(stream.read(HEAD_BYTES)).hexdigest()


def _log_of(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _held_by(holder: Path) -> str:
    try:
        said = json.loads(holder.read_text(encoding="utf-8"))
        who = f"process {said['pid']} on {said['host']}, since {said['since']}"
        doing = f", {said['doing']}" if said.get("doing") else ""
    except (OSError, ValueError, KeyError):
        return ""
    return f" ({who}{doing})"
