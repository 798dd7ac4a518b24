"""A digest of what a table holds, whatever the order of its rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any, Protocol

from inference_revenue.inputs.text import quoted

PLAIN = re.compile(
    r"VARCHAR|BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|DATE|TIMESTAMP|DOUBLE"
    r"|DECIMAL\((\d|1[0-8]),\d+\)"
)
WIDE = re.compile(r"HUGEINT|DECIMAL\(\d+,\d+\)")


class Cursor(Protocol):
    """A connection of DuckDB's, or what dbt wraps around one."""

    def execute(self, query: str) -> Any: ...  # noqa: D102


def table_digest(con: Cursor, relation: str, without: Collection[str] = ()) -> str:
    """Names and types of the columns, number of rows, and the sum of their hashes.

    A sum of 64-bit hashes: rows that differ are not told apart once in 10^19 times.

    Args:
        con: where the relation is.
        relation: a table as SQL, or a query in parentheses.
        without: columns to leave out.
    """
    described = con.execute(f"describe select * from {relation}").fetchall()
    columns = [(str(r[0]), str(r[1])) for r in described if r[0] not in without]
    ((count, total),) = con.execute(
        f"select count(*), sum({row_hash(columns)}) from {relation}"
    ).fetchall()
    return f"{columns} {count} {total}"


def row_hash(columns: Iterable[tuple[str, str]]) -> str:
    """SQL of the hash of a row, of which a sum tells sets of rows apart.

    DuckDB puts the hashes of columns together by exclusive or, which keeps the sum of
    two rows that exchange their last values once in 10^8 times; so each row's hash is
    hashed again.

    Args:
        columns: names and types.
    """
    values = [value for name, kind in columns for value in _hashed(name, kind)]
    return f"hash(hash({', '.join(values)}))"


def _hashed(name: str, kind: str) -> list[str]:
    column = quoted(name)
    if PLAIN.fullmatch(kind):
        return [column]
    if WIDE.fullmatch(kind):
        # DuckDB hashes both halves of such a number alike, so that 0 and -1 are one
        return [column, f"cast({column} as double)"]
    return [f"cast({column} as varchar)"]
