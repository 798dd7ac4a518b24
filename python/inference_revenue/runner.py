"""One run of the main job: land, build, check, store what is closed, publish."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from inference_revenue.dbt_process import DbtOutcome, run_dbt
from inference_revenue.earlier_build import start_file
from inference_revenue.errors import UserError, refused
from inference_revenue.files_io import write_json
from inference_revenue.findings import remember_findings
from inference_revenue.paths import DATABASE_NAME, project_dir, warehouse_dir
from inference_revenue.prepare import Prepared, new_run, prepare, state_dir
from inference_revenue.progress import Progress
from inference_revenue.publish import (
    Hold,
    only_run,
    open_file,
    publish,
    remove_stale,
)
from inference_revenue.retry import FailedBuild
from inference_revenue.run_journal import RunJournal, insert_run_files
from inference_revenue.seals import (
    SEALED_MARTS,
    BrokenSeal,
    Stored,
    store_posted,
    verify_seals,
)
from inference_revenue.state import RunContext, insert_row, read_run
from inference_revenue.summary import (
    Control,
    Summary,
    missing_marts,
    read_controls,
    read_summary,
)
from inference_revenue.trial import OWN, Inputs

PUBLISHED = 0
NOT_PUBLISHED = 1
PUBLISHED_RED = 2

WITHOUT_TESTS = ["--exclude-resource-type", "test", "unit_test"]


@dataclass(frozen=True)
class Options:
    """How a run is to be made.

    Attributes:
        as_of: knowledge date of the run; see `landing.land`.
        with_tests: run every dbt test in the build; a failure publishes nothing.
        full_refresh: read every input and build every model from nothing; what was
            posted, sealed and first loaded stays.
        retry: go on with the build that failed last.
    """

    as_of: datetime | None = None
    with_tests: bool = False
    full_refresh: bool = False
    retry: bool = False

    def build(self, failed: FailedBuild) -> list[str]:
        """The dbt command that builds the work file."""
        if self.retry:
            return ["retry", "--state", str(failed.results)]
        refresh = ["--full-refresh"] if self.full_refresh else []
        return ["build", *refresh, *([] if self.with_tests else WITHOUT_TESTS)]


@dataclass(frozen=True)
class Finished:
    """A run that published: the file, its summary and the exit code it deserves."""

    live: Path
    summary: Summary
    exit_code: int


def run(
    raw_folder: Path,
    *,
    as_of: datetime | None = None,
    warehouse: Path | None = None,
    with_tests: bool = False,
) -> Path:
    """Run the main job on a folder, saying nothing; the published file.

    Raises:
        UserError: nothing was published.
    """
    inputs = Inputs(raw_folder.resolve(), OWN)
    options = Options(as_of=as_of, with_tests=with_tests)
    return execute(inputs, Progress(None), options, warehouse=warehouse).live


def execute(
    inputs: Inputs,
    progress: Progress,
    options: Options | None = None,
    *,
    warehouse: Path | None = None,
) -> Finished:
    """Run the main job and publish its result.

    The same inputs give the same books: what a run remembers (first loads, posted
    periods) is carried along, and nothing else of an earlier run is read.

    Args:
        inputs: the folder to land, and whose it is.
        progress: told of each step.
        options: how; by default everything that is new, without dbt's tests.
        warehouse: where the work file, the live file and the state are kept.

    Raises:
        UserError: nothing was published; last_run.json says why.
    """
    project = project_dir()
    folder = warehouse or warehouse_dir(project)
    with only_run(folder, f"a run on {inputs.folder}") as hold:
        run = new_run(inputs)
        journal = RunJournal(folder / "runs", run)
        journal.begin()
        job = _Job(inputs, progress, options or Options(), project, folder, hold)
        try:
            try:
                return job.execute(run, journal)
            except duckdb.Error as error:  # a full disk, a mart without a column
                reason = str(error).splitlines()[0]
                raise UserError(f"The database stopped the run: {reason}") from error
            except OSError as error:
                raise refused(error) from error
        except (UserError, KeyboardInterrupt) as error:
            progress.done()
            said = str(error) or "interrupted"
            journal.failed(said, NOT_PUBLISHED, progress.seconds)
            write_json(
                folder / "last_run.json",
                {
                    "run_id": run.run_id,
                    "outcome": "not published",
                    "exit_code": NOT_PUBLISHED,
                    "raw_folder": inputs.folder,
                    "seconds": round(progress.seconds, 1),
                    "error": said,
                },
            )
            raise


def summary_of(live: Path) -> Summary:
    """The summary of a published file, read again.

    Raises:
        UserError: nothing was published yet.
    """
    if not live.exists():
        raise UserError(f"Nothing was published yet: {live} is not there; run first.")
    with open_file(live, read_only=True) as con:
        run, as_of = read_run(con)
        seconds = con.execute(
            "select seconds from state.runs where run_id = ?", [run.run_id]
        ).fetchone()
        broken, controls = _judge(con, as_of)
        return read_summary(
            con,
            run=run,
            as_of=as_of,
            seconds=float(seconds[0]) if seconds else 0.0,
            controls=controls,
            broken_seals=broken,
            stored=Stored((), ()),
        )


@dataclass(frozen=True)
class _Job:
    """One run, from its inputs to the published file."""

    inputs: Inputs
    progress: Progress
    options: Options
    project: Path
    warehouse: Path
    hold: Hold

    def execute(self, run: RunContext, journal: RunJournal) -> Finished:
        progress, warehouse = self.progress, self.warehouse
        work, live = warehouse / "work" / DATABASE_NAME, warehouse / DATABASE_NAME
        failed = FailedBuild(work)
        prepared = self._prepare(run, work, failed)
        with open_file(work) as con:
            journal.landed(con, prepared.landing.as_of)
            journal.take_notes(con)
        _say_landed(prepared, progress)
        self.hold.doing(f"building from {self.inputs.folder}")
        outcome = run_dbt(
            self.options.build(failed), self.project, work, progress, prepared.changes
        )
        if not outcome.success:
            failed.keep(self.project, run, live)
            raise UserError(
                f"The build failed, so nothing was published:\n{outcome.explanation()}"
            )
        failed.forget()
        kept = f", kept {outcome.kept}," if outcome.kept else ""
        progress.say(f"Built {outcome.nodes} nodes{kept} in {progress.seconds:.0f} s")
        self.hold.doing("publishing")
        if prepared.changes:
            prepared.changes.statements.write()
        with open_file(work) as con:
            summary, exit_code = _close(con, prepared, outcome, progress)
        _say_replaced(live, prepared, progress)
        publish(work, live, state_dir(warehouse), self.inputs.company)
        journal.published()
        write_json(
            warehouse / "last_run.json",
            {
                "outcome": summary.outcome,
                "exit_code": exit_code,
                "database": live,
                **summary.as_json(),
            },
        )
        return Finished(live, summary, exit_code)

    def _prepare(self, run: RunContext, work: Path, failed: FailedBuild) -> Prepared:
        if self.options.retry:
            live = self.warehouse / DATABASE_NAME
            prepared = failed.resume(self.inputs, self.project, live, run)
            self.progress.say("Going on with the build that failed")
            return prepared
        self.hold.doing(f"landing {self.inputs.folder}")
        remove_stale(work)
        failed.forget()
        self.progress.say(f"Landing {self.inputs.folder}")
        if not self.options.full_refresh:
            live = self.warehouse / DATABASE_NAME
            start_file(live, work, self.project, self.inputs.company)
        with open_file(work) as con:
            return prepare(
                con,
                self.inputs,
                self.project,
                self.warehouse,
                as_of=self.options.as_of,
                read_all=self.options.full_refresh,
                run=run,
            )


def _close(
    con: duckdb.DuckDBPyConnection,
    prepared: Prepared,
    outcome: DbtOutcome,
    progress: Progress,
) -> tuple[Summary, int]:
    """Judge the controls, store and seal closed periods, and note the run."""
    run, as_of = prepared.run, prepared.landing.as_of
    broken, controls = _judge(con, as_of)
    is_red = any(control.colour == "red" for control in controls)
    # What controls refuse is published to be looked at, but not made permanent.
    stored = Stored((), ())
    if not is_red and not missing_marts(con) & SEALED_MARTS:
        stored = store_posted(con, now=run.started_at, as_of=as_of)
    summary = read_summary(
        con,
        run=run,
        as_of=as_of,
        seconds=progress.seconds,
        controls=controls,
        broken_seals=broken,
        stored=stored,
    )
    exit_code = PUBLISHED_RED if is_red else PUBLISHED
    insert_row(
        con,
        "runs",
        run_id=run.run_id,
        as_of=as_of,
        project_version=run.project_version,
        started_at=run.started_at,
        seconds=Decimal(f"{summary.seconds:.3f}"),
        outcome=summary.outcome,
        rejected_row_count=summary.row_count("rejected"),
        held_row_count=summary.row_count("held"),
        summary_json=json.dumps(summary.as_json()),
        raw_folder=run.raw_folder,
        exit_code=exit_code,
        built_node_count=outcome.nodes,
        kept_node_count=outcome.kept,
    )
    has_refused = "fct_rejected_rows" not in missing_marts(con)
    insert_run_files(con, run.run_id, has_refused=has_refused)
    remember_findings(con, run.run_id, as_of, controls)
    return summary, exit_code


def _judge(
    con: duckdb.DuckDBPyConnection, as_of: datetime
) -> tuple[list[BrokenSeal], list[Control]]:
    """The seals that do not hold, and all controls with theirs among them."""
    if missing_marts(con) & SEALED_MARTS:
        return [], read_controls(con)
    broken = verify_seals(con, as_of=as_of)
    seals = Control("sealed_periods_unchanged", "block", len(broken))
    return broken, [*read_controls(con), seals]


def _say_replaced(live: Path, prepared: Prepared, progress: Progress) -> None:
    """A trial run may take the place of real books; it is easily undone, but say so."""
    if not live.exists():
        return
    with open_file(live, read_only=True) as con:
        before, _ = read_run(con)
    if before.company != prepared.run.company:
        progress.say(
            f"Note: this replaces the books of {before.raw_folder}; their closed "
            f"periods are kept, and a run on that folder brings them back."
        )


def _say_landed(prepared: Prepared, progress: Progress) -> None:
    landing, carried = prepared.landing, prepared.carried
    progress.say(
        f"Landed {landing.rows:,} rows from {landing.files} files, as of "
        f"{landing.as_of:%Y-%m-%d %H:%M:%S} UTC"
    )
    for warning in landing.warnings:
        progress.say(f"Note: {warning}")
    if carried and carried.seals:
        moved = carried.raw_folder != prepared.run.raw_folder
        origin = f" of {carried.raw_folder}" if moved else ""
        progress.say(
            f"Carried {carried.seals} sealed periods{origin} from {carried.source}"
        )
