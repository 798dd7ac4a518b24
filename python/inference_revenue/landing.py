"""Land an input folder: raw.<table> in the work file, and the register of its files.

Text is landed as text and Parquet with its own types; casting, rejecting and removing
duplicates is the work of the staging models. What cannot be landed without guessing
stops the run with one sentence.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from inference_revenue.contract import Table
from inference_revenue.duckdb_session import prepare_session
from inference_revenue.errors import UserError
from inference_revenue.first_loads import FirstLoads, recorded_moment
from inference_revenue.inputs.files import InputFile, content_hashes, take_inventory
from inference_revenue.inputs.tables import LandedFile, LandedTable, land_table
from inference_revenue.inputs.text import quoted
from inference_revenue.inputs.text_copies import TextCopies
from inference_revenue.row_pins import PINNED_BY_FILE, pin_rows
from inference_revenue.state import RunContext, begin_run

SOME_NAMES = 6
DATE_LENGTH = len("2026-01-31")


@dataclass(frozen=True)
class Landing:
    """What was landed: the knowledge date, the files, and what to tell the user."""

    as_of: datetime
    files: int
    rows: int
    warnings: tuple[str, ...]


def land(
    con: duckdb.DuckDBPyConnection,
    raw_folder: Path,
    contract: Mapping[str, Table],
    run: RunContext,
    *,
    as_of: datetime | None = None,
    copies: Path | None = None,
    read_all: bool = False,
) -> Landing:
    """Land the folder and open the run in the state schema.

    Args:
        con: connection to the work file; its state schema exists.
        raw_folder: folder with one file or folder per table.
        contract: the tables of the input contract by name.
        run: which run this is and when it started.
        as_of: knowledge date of the run (naive UTC); if None, the latest recorded_at
            of the inputs, but not later than the start of the run.
        copies: folder for copies of large text files; None to read them every time.
        read_all: read every file again, also where its size and time are as before.

    Raises:
        UserError: a required table or column is missing, or a file cannot be read.
    """
    folder = raw_folder.resolve()
    inventory = take_inventory(folder, list(contract))
    _require_tables(folder, contract, inventory.files)
    prepare_session(con)
    loads = FirstLoads(con, run.started_at)
    listed = [file for files in inventory.files.values() for file in files]
    unchanged = {} if read_all else loads.known_hashes(listed)
    hashes = unchanged | content_hashes(
        file.path for file in listed if file.path not in unchanged
    )
    loads.take_hashes(hashes)
    kept = TextCopies(copies, hashes)
    con.execute("drop schema if exists raw cascade")
    con.execute("create schema raw")
    tables = [
        land_table(con, folder, table, inventory.files[name], loads, kept)
        for name, table in contract.items()
    ]
    _require_columns(tables)
    _keep(con, "accounting_periods")
    kept.forget_old()
    files = [*_all_files(tables)]
    loads.write(files)
    pin_rows(con, contract, run.started_at)
    known = as_of or default_as_of(con, contract, now=run.started_at)
    begin_run(con, run, known)
    return Landing(
        as_of=known,
        files=len(files),
        rows=sum(landed.rows for landed in files),
        warnings=(*inventory.warnings, *_warnings(tables, known, run.started_at)),
    )


def parse_as_of(text: str) -> datetime:
    """A knowledge date as the user writes it, in naive UTC.

    A timestamp without an offset is UTC. A bare date means the whole of that day: the
    midnight (UTC) that ends it.

    Raises:
        UserError: neither an ISO date nor an ISO timestamp.
    """
    given = text.strip()
    try:
        if len(given) == DATE_LENGTH:
            day = date.fromisoformat(given)
            return datetime(day.year, day.month, day.day) + timedelta(days=1)
        moment = datetime.fromisoformat(given)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError) as error:
        raise UserError(
            f"The as-of date {text!r} is neither an ISO date (2026-03-31) nor an ISO "
            f"timestamp (2026-04-05T18:00:00Z)."
        ) from error


def default_as_of(
    con: duckdb.DuckDBPyConnection, contract: Mapping[str, Table], *, now: datetime
) -> datetime:
    """The latest moment at which an input was recorded, not later than now.

    A row without recorded_at, and one that arrived after a close that it precedes, are
    known from their first load.
    """
    recorded = ["select max(known_at) as moment from state.row_pins",
                "select max(first_loaded_at) from state.input_files"
                " where late_row_count > 0"]  # fmt: skip
    for name in contract:
        moment = recorded_moment(con, name)
        recorded.append(
            f"select max({moment}) filter (isfinite({moment})) from raw.{quoted(name)}"
        )
        if name in PINNED_BY_FILE:
            recorded.append(
                f"select max(first_loaded_at) from state.input_files"
                f" where file_id in (select _file_id from raw.{quoted(name)}"
                f" where recorded_at is null)"
            )
    every = " union all ".join(recorded)
    latest = con.execute(f"select max(moment) from ({every})").fetchone()
    return min(latest[0], now) if latest and latest[0] else now


def _keep(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make raw.<table> a table where it is a view on Parquet files.

    A published file is verified against its seals wherever it lies, and they are told
    apart from reopened periods by what was landed.
    """
    is_view = con.execute(
        "select 1 from information_schema.tables where table_catalog ="
        " current_catalog() and table_schema = 'raw' and table_type = 'VIEW'"
        " and table_name = ?",
        [table],
    ).fetchone()
    if is_view:
        name = quoted(table)
        con.execute(f"create table raw.landing_kept as select * from raw.{name}")
        con.execute(f"drop view raw.{name}")
        con.execute(f"alter table raw.landing_kept rename to {name}")


def _all_files(tables: Sequence[LandedTable]) -> list[LandedFile]:
    """Every file of the run, blank ones included."""
    blank = [LandedFile(file, 0, (), ()) for table in tables for file in table.blank]
    return [landed for table in tables for landed in table.files] + blank


def _require_tables(
    folder: Path,
    contract: Mapping[str, Table],
    files: Mapping[str, Sequence[InputFile]],
) -> None:
    missing = [
        name
        for name, table in contract.items()
        if table.required == "always" and not files[name]
    ]
    if missing:
        plural = "s" if len(missing) > 1 else ""
        raise UserError(
            f"The input folder {folder} lacks the required table{plural} "
            f"{', '.join(missing)}; add {missing[0]}.parquet, {missing[0]}.csv or "
            f"{missing[0]}.jsonl, or a folder {missing[0]}/ with such files"
            f"{', and so for the others' if plural else ''}."
        )


def _require_columns(tables: Sequence[LandedTable]) -> None:
    lacking = [
        f"{landed.file.relative} (table {table.table.name}) lacks "
        f"{', '.join(landed.lacking)}{_meant(landed.lacking, landed.unknown)}"
        for table in tables
        for landed in table.files
        if landed.lacking
    ]
    if lacking:
        more = len(lacking) - SOME_NAMES
        listed = "; ".join(lacking[:SOME_NAMES])
        raise UserError(
            f"Required columns are missing: {listed}"
            f"{f'; and {more} more files' if more > 0 else ''}."
        )


def _warnings(
    tables: Sequence[LandedTable], as_of: datetime, now: datetime
) -> list[str]:
    """What does not stop a run and should still be seen."""
    found = []
    for table in tables:
        unknown = list(dict.fromkeys(name for f in table.files for name in f.unknown))
        if unknown:
            absent = [c for c in table.table.column_names if c not in table.present]
            found.append(
                f"Table {table.table.name}: columns that the input contract does not "
                f"know are not read: {_some(unknown)}{_meant(absent, unknown)}."
            )
    found += [f"{file.relative} is empty." for table in tables for file in table.blank]
    if as_of > now:
        found.append(
            f"The as-of date {as_of:%Y-%m-%d %H:%M} UTC lies in the future: what time "
            f"brings until then is counted as if it had passed."
        )
    return found


def _meant(wanted: Sequence[str], given: Sequence[str]) -> str:
    """' (is ... meant for ...?)' where a given name is close to one that is wanted."""
    pairs = [
        f"is {close[0]} meant for {name}?"
        for name in wanted
        if (close := difflib.get_close_matches(name, given, n=1, cutoff=0.75))
    ]
    return f" ({' '.join(pairs)})" if pairs else ""


def _some(names: Sequence[str]) -> str:
    more = len(names) - SOME_NAMES
    return ", ".join(names[:SOME_NAMES]) + (f" and {more} more" if more > 0 else "")
