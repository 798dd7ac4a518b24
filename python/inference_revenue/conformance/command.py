"""The `conformance` command: build the cases, compare, say what differs."""

import argparse
import os
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from inference_revenue.conformance.batches import Batch, batches
from inference_revenue.conformance.building import build, write_raw_folder
from inference_revenue.conformance.case_file import read_cases
from inference_revenue.conformance.comparison import MartRow, compare
from inference_revenue.conformance.isolation import IsolatedCase, isolate
from inference_revenue.conformance.marts import Marts, open_marts
from inference_revenue.contract import load_contract
from inference_revenue.errors import UserError
from inference_revenue.paths import project_dir, target_dir
from inference_revenue.statements import NAME as STATEMENTS

_REJECTED = "fct_rejected_rows"
_EXCEPTIONS = "fct_exceptions"
# What runs on its default says nothing about one case.
_OF_EVERY_CASE = "NO_ELECTION"
_PARSED = "partial_parse.msgpack"
# Builds side by side: a build of few rows keeps one core busy.
WORKERS = 2


@dataclass(frozen=True)
class Job:
    """One build: where it is done, and what is known in it."""

    work: Path
    as_of: datetime


def main(argv: Sequence[str] | None = None) -> int:
    """Run the cases named, or all of them.

    Returns:
        0 when every case passed, else 1.

    Raises:
        UserError: a case file cannot be understood; nothing is built then.
    """
    arguments = _parser().parse_args(argv)
    tables = load_contract()
    files = _files(arguments.cases, arguments.folder)
    keys = {name: table.key for name, table in tables.items()}
    cases = read_cases(files, lambda table: keys.get(table, ()))
    isolated = [isolate(case, tables) for case in cases]
    if arguments.list:
        for case in cases:
            print(case.case_id)
        return 0
    if arguments.keep and arguments.keep.exists():
        raise UserError(f"{arguments.keep} is there already; name a new folder.")
    failed = 0
    with ExitStack() as stack:
        work = arguments.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-"))
        )
        found = batches(isolated)
        jobs = [
            Job(work / f"build_{number}", batch.as_of)
            for number, batch in enumerate(found, start=1)
        ]
        for job, batch in zip(jobs, found, strict=True):
            write_raw_folder(job.work / "raw", batch.rows(), tables)
        for batch, published in zip(found, _build_all(jobs), strict=True):
            failed += _judge(batch, published)
    print(f"{len(isolated) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inference_revenue conformance",
        description="Run worked accounting cases and compare the marts to the cent.",
    )
    parser.add_argument("cases", nargs="*", help="ids of cases; all without any")
    parser.add_argument(
        "--folder",
        type=Path,
        default=project_dir() / "tests" / "conformance" / "cases",
        help="where the case files are (default: %(default)s)",
    )
    parser.add_argument(
        "--keep", type=Path, help="a new folder to build in, kept for a closer look"
    )
    parser.add_argument("--list", action="store_true", help="only list the cases")
    return parser


def _files(ids: Sequence[str], folder: Path) -> list[Path]:
    if not ids:
        found = sorted(folder.glob("*.yml"))
        if not found:
            raise UserError(f"There are no cases (*.yml) in {folder}.")
        return found
    files = [folder / f"{case_id}.yml" for case_id in ids]
    for file in files:
        if not file.is_file():
            raise UserError(f"There is no case {file.stem} in {folder}.")
    return files


def _build_all(jobs: Sequence[Job]) -> list[Path | str]:
    """The published file of each job, or why there is none."""
    if len(jobs) == 1 or WORKERS == 1:
        return [_build(job) for job in jobs]
    place, parsed = jobs[0].work.parent, target_dir(project_dir())
    with ProcessPoolExecutor(
        WORKERS,
        mp_context=get_context("spawn"),
        initializer=_work_apart,
        initargs=(place, parsed),
    ) as pool:
        return list(pool.map(_build, jobs))


def _build(job: Job) -> Path | str:
    try:
        return build(job.work / "raw", job.as_of, job.work / "warehouse")
    except UserError as error:
        return str(error)


def _work_apart(place: Path, parsed: Path) -> None:
    """Let dbt write to a folder of this process, and begin with what it parsed before.

    Args:
        place: where the folder is made.
        parsed: where dbt writes else; what it kept there may be old or absent.
    """
    own = place / f"dbt_{os.getpid()}"
    target = own / "target"
    target.mkdir(parents=True)
    for name in (_PARSED, STATEMENTS):
        with suppress(FileNotFoundError):
            shutil.copy(parsed / name, target)
    os.environ["DBT_TARGET_PATH"] = str(target)
    os.environ["DBT_LOG_PATH"] = str(own / "logs")


def _judge(batch: Batch, published: Path | str) -> int:
    """Print what differs in one build; how many of its cases failed."""
    if isinstance(published, str):
        ids = ", ".join(isolated.case.case_id for isolated in batch.cases)
        print(f"FAILED {ids}: the build did not finish: {published}")
        return len(batch.cases)
    failed = 0
    with open_marts(published) as marts:
        for isolated in batch.cases:
            lines = _differences(isolated, marts)
            failed += bool(lines)
            for line in lines:
                print(line)
    return failed


def _differences(isolated: IsolatedCase, marts: Marts) -> list[str]:
    """Why a case fails, one line each; a case that cannot be compared fails too."""
    case = isolated.case
    names = [expectation.mart for expectation in case.expectations]
    found = marts.of_case(case.case_id, [*names, _REJECTED, _EXCEPTIONS])
    try:
        lines = [str(failure) for failure in compare(case, isolated.prefix, found)]
    except UserError as error:
        return [f"FAILED {case.case_id}: {error}"]
    if lines and _REJECTED in found:
        lines += [_not_accepted(isolated, row) for row in found[_REJECTED].rows]
    if lines and _EXCEPTIONS in found:
        lines += dict.fromkeys(
            _exception(isolated, row)
            for row in found[_EXCEPTIONS].rows
            if row["exception_code"] != _OF_EVERY_CASE
        )
    return lines


def _not_accepted(isolated: IsolatedCase, row: MartRow) -> str:
    """What an author wants to know first: a row of the case that did not count."""
    key = str(row["row_key"]).replace(isolated.prefix, "")
    return (
        f"  note {isolated.case.case_id}: {row['table_name']} {key} was not accepted: "
        f"{row['reason_code']}"
    )


def _exception(isolated: IsolatedCase, row: MartRow) -> str:
    """What the books themselves say about the case, on one line."""
    said = f"{row['exception_code']} {row['subject']}: {row['message']}"
    text = " ".join(said.replace(isolated.prefix, "").split())
    return f"  note {isolated.case.case_id}: {text}"
