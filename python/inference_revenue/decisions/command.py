"""`queue` writes what people must decide; `decide` takes the filled-in sheet back."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from inference_revenue.decisions.items import Item, read_items
from inference_revenue.decisions.rules import Known, input_rows, problems
from inference_revenue.decisions.sheet import Filled, Sheet, read_sheet, write_sheet
from inference_revenue.decisions.write import append_rows, decided_items, file_of
from inference_revenue.errors import UserError
from inference_revenue.landing import parse_as_of
from inference_revenue.paths import live_file, warehouse_dir
from inference_revenue.publish import only_run, open_file
from inference_revenue.state import read_run

TABLES = ("policy_elections", "reviews")
SOME_PROBLEMS = 20
NOTHING = "Nothing was decided"


def main(argv: Sequence[str]) -> int:
    """Run `queue` or `decide`; the exit code.

    Raises:
        UserError: nothing was written.
    """
    given = _parser().parse_args(argv)
    if given.command == "queue":
        path = given.to or warehouse_dir() / "queue.csv"
        for line in queue(path):
            print(line)
        return 0
    recorded_at = parse_as_of(given.recorded_at) if given.recorded_at else None
    for line in decide(given.sheet, raw=given.raw, recorded_at=recorded_at):
        print(line)
    return 0


def queue(path: Path) -> list[str]:
    """Write the sheet of what waits for a decision; what to tell the user.

    Raises:
        UserError: nothing was published yet, or the sheet cannot be written.
    """
    with _published() as con:
        items = read_items(con)
    write_sheet(path, items)
    kinds = Counter(item.kind for item in items)
    return [
        f"Wrote {len(items)} items to {path}: {kinds['exception']} exceptions, "
        f"{kinds['approval']} approvals, {kinds['election']} elections",
        "Fill in decision, who, when and why in the rows you decide, leave the others, "
        "and give the sheet to `decide`.",
    ]


def decide(
    path: Path, *, raw: Path | None = None, recorded_at: datetime | None = None
) -> list[str]:
    """Check a filled-in sheet and append it to the inputs; what to tell the user.

    Args:
        path: the sheet.
        raw: the input folder; that of the published run if None.
        recorded_at: when the decisions are recorded (naive UTC); now if None.

    Raises:
        UserError: a row is wrong, the sheet is stale or was decided already; nothing
            was written.
    """
    sheet = read_sheet(path)
    with only_run(warehouse_dir()):
        with _published() as con:
            run, as_of = read_run(con)
            items = {item.item_id: item for item in read_items(con)}
            folder = _input_folder(raw, Path(run.raw_folder))
            landed = _landed_files(con)
            known = _known(con, as_of, recorded_at)
            _not_twice(sheet, folder)
            rows = [row for row in sheet.rows if row["decision"]]
            if not rows:
                raise UserError(f"{NOTHING}: no row of {path} has a decision.")
            found = [*_problems(rows, items, known, folder, landed)]
        if found:
            more = len(found) - SOME_PROBLEMS
            listed = "\n".join(f"  {problem}" for problem in found[:SOME_PROBLEMS])
            raise UserError(
                f"{NOTHING}, because of {len(found)} problem"
                f"{'s' if len(found) > 1 else ''} in {path}:\n{listed}"
                f"{f'{chr(10)}  and {more} more' if more > 0 else ''}"
            )
        decided = [
            input_rows(row, items[row["item_id"]], known, sheet.digest) for row in rows
        ]
        written = append_rows(
            folder,
            {
                "policy_elections": [
                    r for one in decided for r in one.policy_elections
                ],
                "reviews": [r for one in decided for r in one.reviews],
            },
            sheet.digest,
        )
    names = ", ".join(file.relative_to(folder).as_posix() for file in written)
    return [
        f"Decided {len(rows)} rows, recorded {known.recorded_at:%Y-%m-%d %H:%M:%S} UTC "
        f"in {names} of {folder}; {len(sheet.rows) - len(rows)} rows stay undecided.",
        "They count from the next run.",
    ]


def _problems(
    rows: Sequence[Filled],
    items: dict[str, Item],
    known: Known,
    folder: Path,
    landed: set[str],
) -> Iterator[str]:
    """Yield every problem with its row."""
    decided = decided_items(folder, TABLES)
    first: dict[str, int] = {}
    for row in rows:
        item = items.get(row["item_id"])
        for problem in problems(row, item, known):
            yield f"Row {row.number}, {problem}."
        before = first.setdefault(row["item_id"], row.number)
        if before != row.number:
            yield f"Row {row.number}, item_id: row {before} is about the same."
        if item is None:
            continue
        earlier = decided.get(_subject(item))
        if earlier and earlier.relative_to(folder).as_posix() not in landed:
            yield (
                f"Row {row.number}, decision: it was decided in "
                f"{earlier.relative_to(folder)} already; run before you decide again."
            )


def _subject(item: Item) -> tuple[str, str]:
    """How the decision files name the item."""
    if item.kind == "exception":
        return "fct_exceptions", item.item_id.split(":", 1)[1]
    return item.code, item.subject


def _not_twice(sheet: Sheet, folder: Path) -> None:
    for table in TABLES:
        written = file_of(folder, table, sheet.digest)
        if written.exists():
            raise UserError(
                f"{NOTHING}: {sheet.path} was decided before, in "
                f"{written.relative_to(folder)}."
            )


def _input_folder(given: Path | None, published: Path) -> Path:
    folder = given.expanduser().resolve() if given else published
    if folder != published:
        raise UserError(
            f"{NOTHING}: the published books are those of {published}, not of "
            f"{folder}; run on that folder first."
        )
    if not folder.is_dir():
        raise UserError(f"{NOTHING}: the input folder {folder} is not there.")
    return folder


def _landed_files(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        path for (path,) in con.execute("select path from state.input_files").fetchall()
    }


def _known(
    con: duckdb.DuckDBPyConnection, as_of: datetime, recorded_at: datetime | None
) -> Known:
    now = datetime.now(UTC).replace(tzinfo=None)
    if recorded_at and recorded_at > now:
        raise UserError(f"{NOTHING}: {recorded_at} UTC, when to record, is not yet.")
    if recorded_at and recorded_at < as_of:
        raise UserError(
            f"{NOTHING}: {recorded_at} UTC, when to record, is before the books that "
            f"the queue was written from, which are as of {as_of} UTC."
        )
    zones = {
        name
        for (name,) in con.execute("select name from pg_timezone_names()").fetchall()
    }
    currencies = con.execute("select currency from seeds.currencies").fetchall()
    return Known(
        as_of=as_of,
        recorded_at=recorded_at or now,
        currencies=frozenset(currency for (currency,) in currencies),
        is_time_zone=zones.__contains__,
    )


@contextmanager
def _published() -> Iterator[duckdb.DuckDBPyConnection]:
    live = live_file()
    if not live.exists():
        raise UserError(f"Nothing was published yet: {live} is not there; run first.")
    with open_file(live, read_only=True) as con:
        yield con


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inference_revenue")
    commands = parser.add_subparsers(dest="command", required=True)
    queued = commands.add_parser("queue", help="write what people must decide")
    queued.add_argument(
        "--to",
        type=Path,
        metavar="FILE",
        help="the sheet, CSV (default: warehouse/queue.csv)",
    )
    decided = commands.add_parser("decide", help="take a filled-in sheet back")
    decided.add_argument("sheet", type=Path, help="the sheet that `queue` wrote")
    decided.add_argument(
        "--raw", type=Path, metavar="FOLDER", help="input folder of the published run"
    )
    decided.add_argument(
        "--recorded-at",
        metavar="MOMENT",
        help="when the decisions are recorded, for trials and for what was decided "
        "elsewhere: from the published knowledge date until now (default: now)",
    )
    return parser
