"""The state schema: what outlives a run, and nothing else does.

Every run builds a new work file. What must not be forgotten - the posted books of
closed periods, their seals, which files were loaded when, which runs there were - is
carried from the live file into it, and lies as Parquet beside the warehouse as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import yaml

from inference_revenue.errors import UserError
from inference_revenue.inputs.text import literal, quoted
from inference_revenue.saved_state import saved_folder, saved_tables
from inference_revenue.state_tables import FOLLOWS, OF_ONE_RUN, TABLES, Columns


@dataclass(frozen=True)
class RunContext:
    """Which run this is; ``company`` tells trial companies from the user's own."""

    run_id: str
    started_at: datetime
    project_version: str
    raw_folder: str
    company: str = "own"


@dataclass(frozen=True)
class Carried:
    """What came along from earlier runs, and from where."""

    source: str
    raw_folder: str | None
    seals: int


def create_state(con: duckdb.DuckDBPyConnection, project: Path | None = None) -> None:
    """Create the state schema where it is missing.

    Args:
        project: the dbt project, whose mart contracts add columns to the posted tables.
    """
    con.execute("create schema if not exists state")
    declared = mart_columns(project, set(FOLLOWS.values())) if project else {}
    for table, columns in TABLES.items():
        listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
        con.execute(f"create table if not exists state.{table} ({listed})")
        add_columns(con, table, declared.get(FOLLOWS.get(table, ""), {}))


def add_columns(
    con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]
) -> None:
    """Add the columns that state.<table> does not have yet."""
    for name, kind in columns.items():
        con.execute(
            f"alter table state.{quoted(table)}"
            f" add column if not exists {quoted(name)} {kind}"
        )


def mart_columns(project: Path, models: set[str]) -> dict[str, Columns]:
    """Column types that the YAML of the named models declares."""
    found: dict[str, Columns] = {}
    pattern = re.compile(rf"name:\s*({'|'.join(sorted(models))})\s*[,}}\n]")
    for path in sorted((project / "models").rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        if not pattern.search(text):
            continue
        for model in (yaml.safe_load(text) or {}).get("models") or []:
            if model.get("name") in models:
                found[model["name"]] = {
                    column["name"]: column["data_type"]
                    for column in model.get("columns") or []
                    if column.get("data_type")
                }
    return found


def carry(
    con: duckdb.DuckDBPyConnection, live: Path, saved: Path, company: str
) -> Carried | None:
    """Copy the state of the company's earlier runs into the work file.

    Args:
        con: connection to the work file; its state schema exists.
        live: the published file, which may be another company's.
        saved: folder of the states as Parquet, for where the live file does not do.
        company: whose run this is.

    Returns:
        What was copied; None if the company had no run yet.

    Raises:
        UserError: the live file cannot be read, or the saved state is damaged.
    """
    if live.exists():
        try:
            con.execute(f"attach {literal(str(live))} as live_state (read_only)")
        except duckdb.Error as error:
            raise UserError(_unreadable(live, saved, error)) from error
        try:
            carried = _copy_in(con, _attached_tables(con), company, live.name)
        finally:
            con.execute("detach live_state")
        if carried:
            return carried
    folder = saved_folder(saved, company)
    return _copy_in(con, saved_tables(folder), company, f"{saved.name}/{folder.name}")


def begin_run(con: duckdb.DuckDBPyConnection, run: RunContext, as_of: datetime) -> None:
    """Write the one row of state.run_context; that it is there says: landed."""
    con.execute("delete from state.run_context")
    insert_row(con, "run_context", **asdict(run), as_of=as_of)


def insert_row(con: duckdb.DuckDBPyConnection, table: str, **values: object) -> None:
    """Add one row to state.<table>."""
    names = ", ".join(quoted(name) for name in values)
    marks = ", ".join("?" for _ in values)
    con.execute(
        f"insert into state.{quoted(table)} ({names}) values ({marks})",
        list(values.values()),
    )


def insert_rows(
    con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Add rows of the same columns to state.<table>, all at once."""
    if not rows:
        return
    con.register("state_rows", pa.Table.from_pylist([dict(row) for row in rows]))
    try:
        con.execute(
            f"insert into state.{quoted(table)} by name select * from state_rows"
        )
    finally:
        con.unregister("state_rows")


def read_run(con: duckdb.DuckDBPyConnection) -> tuple[RunContext, datetime]:
    """The run that a file was built in, and its knowledge date."""
    row = con.execute(
        "select run_id, started_at, project_version, raw_folder, company, as_of"
        " from state.run_context"
    ).fetchone()
    if row is None:
        raise UserError("The file holds no run: nothing was landed into it.")
    return RunContext(*row[:5]), row[5]


def is_landed(con: duckdb.DuckDBPyConnection) -> bool:
    """True if a landing was completed in this file."""
    tables = con.execute(
        "select count(*) from information_schema.tables where table_catalog ="
        " current_catalog() and table_schema = 'state' and table_name = 'run_context'"
    ).fetchone()
    if not tables or not tables[0]:
        return False
    return con.execute("select 1 from state.run_context").fetchone() is not None


def _attached_tables(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = con.execute(
        "select table_name from information_schema.tables"
        " where table_catalog = 'live_state' and table_schema = 'state'"
        " order by table_name"
    ).fetchall()
    return {name: f"live_state.state.{quoted(name)}" for (name,) in rows}


def _copy_in(
    con: duckdb.DuckDBPyConnection,
    tables: Mapping[str, str],
    company: str,
    source: str,
) -> Carried | None:
    """Copy the state tables, given as SQL by name, if they are this company's."""
    if "run_context" not in tables:
        return None
    context = con.execute(
        f"select company, raw_folder from {tables['run_context']}"
    ).fetchone()
    if context is None or context[0] != company:
        return None
    for name, table in tables.items():
        if name in OF_ONE_RUN:
            continue
        if name not in TABLES:  # written by a newer version: keep it for that one
            con.execute(f"create table state.{quoted(name)} as select * from {table}")
            continue
        described = con.execute(f"describe select * from {table}").fetchall()
        add_columns(con, name, {str(row[0]): str(row[1]) for row in described})
        con.execute(f"insert into state.{name} by name select * from {table}")
    seals = con.execute("select count(*) from state.seals").fetchone()
    return Carried(source, context[1], int(seals[0]) if seals else 0)


def _unreadable(live: Path, saved: Path, error: duckdb.Error) -> str:
    reason = str(error).splitlines()[0]
    if "lock" in reason:
        return (
            f"{live.name} is open for writing in another program ({reason}); close it "
            f"there and run again."
        )
    return (
        f"{live} cannot be read ({reason}); move it away, and the next run restores "
        f"closed periods from {saved}."
    )
