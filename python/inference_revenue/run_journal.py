"""What a run says of itself outside the file it builds, so that failures are seen too.

A run that fails cannot write into the published file, and one that is killed cannot
write at all. Each begins by leaving a note beside the warehouse that it was
interrupted, and corrects it as it ends; the next run takes the notes it finds into
state.runs, and they go once that is published.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from inference_revenue.files_io import write_json
from inference_revenue.state import RunContext, insert_row

TIME = "%Y-%m-%dT%H:%M:%S"
INTERRUPTED, FAILED = "interrupted", "failed"

# The files of a run, as fct_run_files shows them; a failed build refused no row yet.
FILES = """
    select table_name, path, content_hash, any_value(byte_count) as byte_count,
        sum(row_count)::bigint as row_count,
        min(first_loaded_at) as first_loaded_at, bool_or(is_new) as is_new
    from state.input_files
    group by table_name, path, content_hash
    order by table_name, path
"""
REFUSED = """
    select input_file as path,
        count(*) filter (state = 'rejected') as rejected_row_count,
        count(*) filter (state = 'held') as held_row_count
    from marts.fct_rejected_rows
    group by input_file
"""
NONE_REFUSED = "select '' as path, 0 as rejected_row_count, 0 as held_row_count"


@dataclass
class RunJournal:
    """The notes in one folder, and the one of this run."""

    folder: Path
    run: RunContext
    _said: dict[str, Any] = field(default_factory=dict)
    _taken: list[Path] = field(default_factory=list)

    def begin(self) -> None:
        """Leave the note that counts if this run is killed."""
        self._said = {
            "run_id": self.run.run_id,
            "company": self.run.company,
            "started_at": f"{self.run.started_at:{TIME}}",
            "project_version": self.run.project_version,
            "raw_folder": self.run.raw_folder,
            "outcome": INTERRUPTED,
            "error": "The run was killed before it could say why.",
        }
        self._write()

    def landed(self, con: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
        """Note what it was built from."""
        found = con.execute(FILES)
        names = [column[0] for column in found.description or []]
        self._said["as_of"] = f"{as_of:{TIME}.%f}"
        self._said["files"] = [
            dict(zip(names, row, strict=True)) for row in found.fetchall()
        ]
        self._write()

    def failed(self, error: str, exit_code: int, seconds: float) -> None:
        """Note that it published nothing, and why."""
        self._said |= {
            "outcome": FAILED,
            "error": error,
            "exit_code": exit_code,
            "seconds": f"{seconds:.3f}",
        }
        self._write()

    def take_notes(self, con: duckdb.DuckDBPyConnection) -> int:
        """Add what earlier runs of the company left to state.runs; how many there were.

        Only one run holds a warehouse, so whoever left a note is not running any more.
        """
        kind = self.run.company.partition(":")[0]
        known = {run_id for (run_id,) in con.execute(
            "select run_id from state.runs"
        ).fetchall()}  # fmt: skip
        taken = 0
        for path in sorted(self.folder.glob("*.json")):
            said = _read(path)
            if said.get("run_id") == self.run.run_id:
                continue
            company = str(said.get("company", ""))
            if company == self.run.company and said["run_id"] not in known:
                _insert(con, said)
                taken += 1
            if company == self.run.company or company.partition(":")[0] in ("", kind):
                self._taken.append(path)
        return taken

    def published(self) -> None:
        """The notes are in the published file now."""
        for path in (*self._taken, self._path):
            path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return self.folder / f"{self.run.run_id}.json"

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self._path, self._said)


def insert_run_files(
    con: duckdb.DuckDBPyConnection, run_id: str, *, has_refused: bool
) -> None:
    """Add the files of a finished build to state.run_files, with what it refused.

    Args:
        has_refused: the build has the mart that says which rows were not accepted.
    """
    refused = REFUSED if has_refused else f"select * from ({NONE_REFUSED}) where false"
    con.execute(
        f"""
        insert into state.run_files by name
        select ? as run_id, files.*,
            coalesce(refused.rejected_row_count, 0) as rejected_row_count,
            coalesce(refused.held_row_count, 0) as held_row_count
        from ({FILES}) as files
        left join ({refused}) as refused using (path)
        """,
        [run_id],
    )


def _insert(con: duckdb.DuckDBPyConnection, said: Mapping[str, Any]) -> None:
    seconds = said.get("seconds")
    insert_row(
        con,
        "runs",
        run_id=said["run_id"],
        as_of=said.get("as_of"),
        project_version=said.get("project_version"),
        started_at=said.get("started_at"),
        seconds=Decimal(seconds) if seconds else None,
        outcome=said.get("outcome"),
        raw_folder=said.get("raw_folder"),
        exit_code=said.get("exit_code"),
        error=said.get("error"),
    )
    for file in said.get("files", []):
        insert_row(con, "run_files", run_id=said["run_id"], **file)


def _read(path: Path) -> dict[str, Any]:
    """A note; one that cannot be read says nothing and goes."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
