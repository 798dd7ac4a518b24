"""The `conformance` command: build the cases, compare, say what differs."""

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from inference_revenue.conformance.batches import Batch, batches
from inference_revenue.conformance.building import build, write_raw_folder
from inference_revenue.conformance.case_file import read_cases
from inference_revenue.conformance.comparison import MartRow, compare
from inference_revenue.conformance.defaults import Tables
from inference_revenue.conformance.isolation import IsolatedCase, isolate
from inference_revenue.conformance.marts import Marts, open_marts
from inference_revenue.contract import load_contract
from inference_revenue.errors import UserError
from inference_revenue.paths import project_dir

_REJECTED = "fct_rejected_rows"


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
        for number, batch in enumerate(batches(isolated), start=1):
            failed += _run(batch, work / f"build_{number}", tables)
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


def _run(batch: Batch, work: Path, tables: Tables) -> int:
    """Build one batch and print what differs; how many of its cases failed."""
    raw_folder = work / "raw"
    try:
        write_raw_folder(raw_folder, batch.rows(), tables)
        published = build(raw_folder, batch.as_of, work / "warehouse")
    except UserError as error:
        ids = ", ".join(isolated.case.case_id for isolated in batch.cases)
        print(f"FAILED {ids}: the build did not finish: {error}")
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
    found = marts.of_case(case.case_id, [*names, _REJECTED])
    try:
        lines = [str(failure) for failure in compare(case, isolated.prefix, found)]
    except UserError as error:
        return [f"FAILED {case.case_id}: {error}"]
    if lines and _REJECTED in found:
        lines += [_not_accepted(isolated, row) for row in found[_REJECTED].rows]
    return lines


def _not_accepted(isolated: IsolatedCase, row: MartRow) -> str:
    """What an author wants to know first: a row of the case that did not count."""
    key = str(row["row_key"]).replace(isolated.prefix, "")
    return (
        f"  note {isolated.case.case_id}: {row['table_name']} {key} was not accepted: "
        f"{row['reason_code']}"
    )
