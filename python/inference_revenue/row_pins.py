"""Rows without recorded_at: each is known from its own first load.

A row is told by what it says, as typed by the input contract: `1.5` in a CSV file and
1.500000000 in Parquet are one value. So it keeps its first load wherever it turns up
again. Only such rows are remembered, and none of usage_events: there a row without
recorded_at takes the first load of its part of the file, since a hash for each of many
millions of events would cost more than the rest of a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import duckdb

from inference_revenue.contract import Column, Table
from inference_revenue.inputs.text import literal, quoted

PINNED_BY_FILE = {"usage_events"}
NOT_SAID = {"recorded_at", "source_ref"}


def pin_rows(
    con: duckdb.DuckDBPyConnection, contract: Mapping[str, Table], now: datetime
) -> None:
    """Write state.row_pins for this run and remember rows not seen before.

    Args:
        con: connection to a work file with the inputs landed and state.input_files.
        now: when rows that are new are loaded.
    """
    con.execute("delete from state.row_pins")
    for table in contract.values():
        if table.name in PINNED_BY_FILE:
            continue
        timeless = _timeless(con, table)
        found = f"select 1 from raw.{quoted(table.name)} where {timeless} limit 1"
        if con.execute(found).fetchone():
            _pin(con, table, timeless, now)


def _pin(
    con: duckdb.DuckDBPyConnection, table: Table, timeless: str, now: datetime
) -> None:
    said = " || ',' || ".join(
        _said(column) for column in table.columns if column.name not in NOT_SAID
    )
    name = literal(table.name)
    con.execute(
        f"create or replace temp table timeless as"
        f" select _file_id as file_id, _row_number as row_number, md5({said}) as row_id"
        f" from raw.{quoted(table.name)} where {timeless}"
    )
    # A content loaded before its rows were remembered was first loaded when it was.
    con.execute(
        f"""
        insert into state.loaded_rows by name
        select {name} as table_name, row_id,
            min(least(files.content_loaded_at, ?::timestamp)) as first_loaded_at
        from timeless
        inner join state.input_files as files using (file_id)
        where row_id not in (
            select row_id from state.loaded_rows where table_name = {name}
        )
        group by row_id
        """,
        [now],
    )
    con.execute(
        f"""
        insert into state.row_pins by name
        select {name} as table_name, file_id, row_number, first_loaded_at as known_at
        from timeless
        inner join state.loaded_rows as known
            on known.row_id = timeless.row_id and known.table_name = {name}
        """
    )
    con.execute("drop table timeless")


def _timeless(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """SQL that is true for a row without recorded_at."""
    described = con.execute(f"describe select recorded_at from raw.{table.name}")
    kind = described.fetchall()[0][1]
    if kind == "VARCHAR":
        return "nullif(trim(recorded_at), '') is null"
    return "recorded_at is null"


def _said(column: Column) -> str:
    """SQL of a value as length and text, so that NULL and '' stay apart."""
    landed = quoted(column.name)
    kind = column.data_type
    if kind == "timestamp":
        typed = f"cast(try_cast(cast({landed} as varchar) as timestamptz) as timestamp)"
    else:
        typed = f"try_cast({landed} as {kind})"
    text = f"nullif(trim(cast({landed} as varchar)), '')"
    if kind != "varchar":
        text = f"coalesce(cast({typed} as varchar), {text})"
    return f"coalesce(length({text}) || ':' || {text}, '-')"
