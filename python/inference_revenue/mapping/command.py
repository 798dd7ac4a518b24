"""`python -m inference_revenue map`: run a mapping over a source."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from inference_revenue.contract import Table, load_contract
from inference_revenue.duckdb_session import prepare_session
from inference_revenue.errors import UserError
from inference_revenue.inputs.text import quoted
from inference_revenue.mapping.increments import Increment, write_increment
from inference_revenue.mapping.shape import PREPARED, Mapping, load_mapping
from inference_revenue.mapping.sources import bind_sources, explain_bad_value


@dataclass(frozen=True)
class Mapped:
    """What a mapping wrote, and the tables of its source that it did not read."""

    increments: tuple[Increment, ...]
    not_read: tuple[str, ...]


def main(argv: Sequence[str]) -> int:
    """Parse the arguments, map, say what happened; the exit code."""
    arguments = _parser().parse_args(argv)
    sources = [path.expanduser().resolve() for path in arguments.source]
    target = arguments.to.expanduser().resolve()
    mapped = run_mapping(arguments.mapping, sources, target, schema=arguments.schema)
    for increment in mapped.increments:
        print(
            f"{increment.table:<26}{increment.given:>12,} rows, {increment.new:,} new"
        )
        if increment.vanished:
            print(
                f"  Note: {increment.vanished:,} ids that an earlier map wrote are not "
                f"in the source any more; they still count until a retraction says so."
            )
    for line in mapped.not_read:
        print(f"Note: {line}.")
    print(f"Input folder: {target}")
    return 0


def run_mapping(
    name: str, sources: Sequence[Path], target: Path, *, schema: str | None = None
) -> Mapped:
    """Run a mapping over its sources and add what is new to the input folder.

    Args:
        name: a folder under `mapping/`, or the path of one's own.
        sources: DuckDB files, and folders with one file or folder per table.
        target: the input folder; made if it is not there.
        schema: the schema of the DuckDB files to look in.

    Raises:
        UserError: the source lacks something or holds what cannot be read, or the SQL
            gives what the input contract does not know; nothing was written.
    """
    contract = load_contract()
    mapping = load_mapping(name, contract)
    with TemporaryDirectory() as place, duckdb.connect(f"{place}/map.duckdb") as con:
        prepare_session(con)
        not_read = bind_sources(con, mapping, sources, schema)
        _select(con, mapping, contract)
        increments = tuple(
            write_increment(con, target, mapping.name, contract[table])
            for table in mapping.selects
        )
    return Mapped(increments, tuple(not_read))


def _select(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, contract: MappingOf[str, Table]
) -> None:
    """Run every select, before anything is written."""
    con.execute(f"create schema {PREPARED}")
    con.execute("create schema mapped")
    for name, sql in mapping.prepared.items():
        _run(con, mapping, name, f"create table {PREPARED}.{quoted(name)} as\n{sql}")
    for name, sql in mapping.selects.items():
        # a row delivered twice is one row
        distinct = f"select distinct * from (\n{sql}\n)"
        _run(con, mapping, name, f"create table mapped.{quoted(name)} as {distinct}")
    for name in mapping.selects:
        _require_columns(con, mapping, contract[name])


def _run(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, name: str, statement: str
) -> None:
    try:
        con.execute(statement)
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        raise explain_bad_value(con, mapping, error) from error
    except duckdb.Error as error:
        raise UserError(_in_words(mapping, name, error)) from error


def _in_words(mapping: Mapping, name: str, error: duckdb.Error) -> str:
    """Which file, which line and what DuckDB says of it."""
    reason, *rest = str(error).splitlines()
    # the statement starts one line above the file
    line = re.search(r"LINE (\d+):", "\n".join(rest))
    place = f", line {int(line.group(1)) - 1}" if line else ""
    return f"{mapping.name}, {name}.sql{place}: {reason}"


def _require_columns(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, table: Table
) -> None:
    """Names and types are the contract's: nothing is cast, so nothing is rounded."""
    place = f"{mapping.name}, {table.name}.sql"
    described = con.execute(f"describe mapped.{quoted(table.name)}").fetchall()
    types = {str(row[0]): str(row[1]).lower() for row in described}
    for name, landed in types.items():
        if name not in table.column_names:
            raise UserError(f"{place}: the input contract has no column {name}.")
        declared = table.column(name).data_type
        if landed != declared and (landed, declared) != ("date", "timestamp"):
            raise UserError(
                f"{place}: the column {name} is {landed} and the input contract says "
                f"{declared}; cast it."
            )
    lacking = [name for name in table.required_columns if name not in types]
    if lacking:
        raise UserError(f"{place}: the required column {lacking[0]} is missing.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference_revenue map",
        description="Map the tables of a source onto the input contract.",
    )
    parser.add_argument(
        "--from",
        dest="mapping",
        required=True,
        metavar="MAPPING",
        help="a folder under mapping/ (stripe_fivetran, metronome, own_meter_log) or "
        "the path of your own",
    )
    parser.add_argument(
        "--source",
        type=Path,
        action="append",
        required=True,
        metavar="PLACE",
        help="a DuckDB file, or a folder with one file or folder per table (Parquet, "
        "CSV, JSON lines); may be given several times",
    )
    parser.add_argument("--schema", help="schema of the DuckDB file to look in")
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="the input folder"
    )
    return parser
