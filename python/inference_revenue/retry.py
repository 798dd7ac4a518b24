"""Going on with a build that failed: what passed stays, the rest is built again."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from inference_revenue.contract import load_contract
from inference_revenue.errors import UserError
from inference_revenue.files_io import write_json
from inference_revenue.inputs.files import content_hashes, take_inventory
from inference_revenue.landing import Landing
from inference_revenue.paths import target_dir
from inference_revenue.prepare import Prepared
from inference_revenue.publish import open_file, run_of
from inference_revenue.state import RunContext, begin_run, read_run
from inference_revenue.trial import Inputs

RESULTS = "run_results.json"
NOTE = "failed_build.json"


@dataclass(frozen=True)
class FailedBuild:
    """A work file in which a build failed, with dbt's own record of it beside."""

    work: Path

    @property
    def results(self) -> Path:
        """The folder that `dbt retry` reads."""
        return self.work.parent / "failed_build"

    def keep(self, project: Path, run: RunContext, live: Path) -> None:
        """Keep what a retry needs; nothing if dbt did not come to build anything."""
        written = target_dir(project) / RESULTS
        if not written.is_file():
            return
        shutil.rmtree(self.results, ignore_errors=True)
        self.results.mkdir(parents=True)
        shutil.copy(written, self.results / RESULTS)
        published = run_of(live)
        write_json(
            self.results / NOTE,
            {"run_id": run.run_id, "live_run": published[0] if published else None},
        )

    def forget(self) -> None:
        """Nothing is left to go on with."""
        shutil.rmtree(self.results, ignore_errors=True)

    def resume(
        self, inputs: Inputs, project: Path, live: Path, run: RunContext
    ) -> Prepared:
        """Make the failed build's work file that of `run`.

        Raises:
            UserError: there is none, or its inputs or the live file have changed.
        """
        try:
            text = (self.results / NOTE).read_text(encoding="utf-8")
            note = json.loads(text)
            with open_file(self.work) as con:
                before, as_of = read_run(con)
                changed = changed_inputs(con, inputs.folder, project)
                published = run_of(live)
                if before.run_id != note["run_id"]:
                    raise _nothing("the work file is not that of the failed build")
                if before.company != inputs.company:
                    raise _nothing("the failed build was of other inputs")
                if changed:
                    raise _nothing(f"{changed} has changed since")
                if (published[0] if published else None) != note["live_run"]:
                    raise _nothing("another run was published since")
                begin_run(con, run, as_of)
                return Prepared(run, None, _landing(con, as_of))
        except (OSError, ValueError, KeyError, duckdb.Error) as error:
            raise _nothing("no build failed here") from error


def changed_inputs(
    con: duckdb.DuckDBPyConnection, folder: Path, project: Path
) -> str | None:
    """The first input file that is not as it was landed, or None."""
    landed = {
        path: (modified, content)
        for path, modified, content in con.execute(
            "select distinct path, modified_ns, content_hash from state.input_files"
        ).fetchall()
    }
    inventory = take_inventory(folder, list(load_contract(project)))
    there = {
        file.relative: file for files in inventory.files.values() for file in files
    }
    for path in sorted(landed.keys() | there.keys()):
        if path not in landed or path not in there:
            return str(path)
        modified, content = landed[path]
        file = there[path]
        is_touched = file.modified_ns != modified
        if is_touched and content_hashes([file.path])[file.path] != content:
            return str(path)
    return None


def _landing(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Landing:
    found = con.execute(
        "select count(distinct path), coalesce(sum(row_count), 0)::bigint"
        " from state.input_files"
    ).fetchone()
    files, rows = found or (0, 0)
    return Landing(as_of, int(files), int(rows), ())


def _nothing(why: str) -> UserError:
    return UserError(f"There is no build to go on with ({why}); run without --retry.")
