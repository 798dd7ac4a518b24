"""Keep what a mapping gives as an append-only input folder.

Every run of a mapping gives the whole table again. Only what is new goes into a new
file, so that the first load of a file means the first time its rows were seen, and a
source that is exported again changes nothing.

Rows of a log are new if no file holds them. Rows of a table with versions are new if
they differ from what the mapping gave last time; where the source overwrote a row
without saying when, the old recorded_at would rewrite history, so it is left empty and
the first load of the new file counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from inference_revenue.contract import Table
from inference_revenue.inputs.text import path_literal, quoted

LAST_GIVEN = "_mapped"


@dataclass(frozen=True)
class Increment:
    """What one table gained: rows given, rows that were new, keys no longer given."""

    table: str
    given: int
    new: int
    vanished: int


@dataclass(frozen=True)
class _Place:
    """Where one mapping keeps one table."""

    folder: Path
    mapping: str
    table: Table

    @property
    def files(self) -> list[Path]:
        pattern = re.compile(rf"{re.escape(self.mapping)}_\d{{4,}}\.parquet")
        found = (self.folder / self.table.name).glob("*.parquet")
        return sorted(path for path in found if pattern.fullmatch(path.name))

    @property
    def next_file(self) -> Path:
        number = int(self.files[-1].stem.rpartition("_")[2]) + 1 if self.files else 1
        return self.folder / self.table.name / f"{self.mapping}_{number:04d}.parquet"

    @property
    def last_given(self) -> Path:
        return self.folder / LAST_GIVEN / self.mapping / f"{self.table.name}.parquet"


def write_increment(
    con: duckdb.DuckDBPyConnection, folder: Path, mapping: str, table: Table
) -> Increment:
    """Write the rows of mapped.<table> that are new, if there are any.

    Args:
        con: connection that holds mapped.<table>.
        folder: the input folder.
        mapping: name of the mapping; several may share the folder.
        table: the table of the input contract.
    """
    place = _Place(folder, mapping, table)
    described = con.execute(f"describe mapped.{quoted(table.name)}").fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    con.execute(
        f"create or replace temp view given as from mapped.{quoted(table.name)}"
    )
    _load(con, "written", place.files, types)
    vanished = 0
    if table.kind == "log":
        unseen = "from given except from written" if place.files else "from given"
        con.execute(f"create or replace temp table fresh as {unseen}")
    else:
        last = [place.last_given] if place.last_given.exists() else place.files
        _load(con, "last", last, types)
        vanished = _versions(con, table, types)
    new = _count(con, "fresh")
    if new:
        _write(con, "fresh", place.next_file, types, table)
    if table.kind != "log":
        _write(con, "given", place.last_given, types, table)
    return Increment(table.name, _count(con, "given"), new, vanished)


def _versions(
    con: duckdb.DuckDBPyConnection, table: Table, types: Mapping[str, str]
) -> int:
    """Put changed sets of rows into `fresh`; how many keys are no longer given."""
    key = [name for name in table.set_key or table.key if name in types]
    others = [quoted(name) for name in types if name != "recorded_at"]
    con.execute(
        f"""
        create or replace temp table fresh as
        with changed as (
            select distinct {_list(key)}, recorded_at from (
                (from given except from last) union all (from last except from given)
            )
        )
        select
            {", ".join(f"given.{name}" for name in others)},
            case
                when not exists (
                    select 1 from written
                    where {_same(key, "written", "given")}
                        and coalesce(written.recorded_at >= given.recorded_at, true)
                ) then given.recorded_at
            end as recorded_at
        from given
        where exists (
            select 1 from changed
            where {_same([*key, "recorded_at"], "changed", "given")}
        )
        """
    )
    return int(
        con.execute(
            f"select count(*) from (select distinct {_list(key)} from last) as last"
            f" where not exists"
            f" (select 1 from given where {_same(key, 'given', 'last')})"
        ).fetchall()[0][0]
    )


def _load(
    con: duckdb.DuckDBPyConnection,
    name: str,
    files: list[Path],
    types: Mapping[str, str],
) -> None:
    """A view of the files with the columns that are given now."""
    held: set[str] = set()
    source = "(select 1)"
    if files:
        paths = ", ".join(path_literal(path) for path in files)
        source = f"read_parquet([{paths}], union_by_name = true)"
        described = con.execute(f"describe from {source}").fetchall()
        held = {str(row[0]) for row in described}
    selected = ", ".join(
        f"cast({quoted(column) if column in held else 'null'} as {kind})"
        f" as {quoted(column)}"
        for column, kind in types.items()
    )
    con.execute(
        f"create or replace temp view {name} as select {selected} from {source}"
        f"{'' if files else ' where false'}"
    )


def _write(
    con: duckdb.DuckDBPyConnection,
    name: str,
    path: Path,
    types: Mapping[str, str],
    table: Table,
) -> None:
    """In one step, and ordered by key, so that equal rows give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"_{path.name}.new")
    order = [key for key in (*table.key, "recorded_at") if key in types]
    con.execute(
        f"copy (from {name} order by {_list(order)}) to {path_literal(fresh)}"
        f" (format parquet)"
    )
    fresh.replace(path)


def _count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(con.execute(f"select count(*) from {name}").fetchall()[0][0])


def _list(names: list[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _same(names: list[str], left: str, right: str) -> str:
    return " and ".join(
        f"{left}.{quoted(name)} is not distinct from {right}.{quoted(name)}"
        for name in names
    )
