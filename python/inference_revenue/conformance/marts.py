"""The marts of one build, read once and dealt out to the cases."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from inference_revenue.conformance.comparison import Mart, MartRow

_SCHEMA = "marts"
_PREFIX = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*(?=__)")


class Marts:
    """The marts of a published file, each read when a case first asks for it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Keep the connection; nothing is read yet."""
        self._connection = connection
        self._types = _column_types(connection)
        self._dealt: dict[str, Mapping[str, list[MartRow]]] = {}

    def of_case(self, case_id: str, names: Iterable[str]) -> dict[str, Mart]:
        """The case's rows of the marts that exist among the names."""
        return {
            name: Mart(self._types[name], self._rows(name).get(case_id, []))
            for name in set(names)
            if name in self._types
        }

    def _rows(self, name: str) -> Mapping[str, list[MartRow]]:
        if name not in self._dealt:
            cursor = self._connection.execute(f'select * from {_SCHEMA}."{name}"')
            columns = [column[0] for column in cursor.description or []]
            self._dealt[name] = deal(
                dict(zip(columns, values, strict=True)) for values in cursor.fetchall()
            )
        return self._dealt[name]


@contextmanager
def open_marts(file: Path) -> Iterator[Marts]:
    """The marts of a published file, read only."""
    connection = duckdb.connect(str(file), read_only=True)
    try:
        yield Marts(connection)
    finally:
        connection.close()


def deal(rows: Iterable[MartRow]) -> Mapping[str, list[MartRow]]:
    """Rows by the case whose prefix stands in any of their text values."""
    dealt: dict[str, list[MartRow]] = defaultdict(list)
    for row in rows:
        owners = {
            case_id
            for value in row.values()
            if isinstance(value, str)
            for case_id in _PREFIX.findall(value)
        }
        for case_id in owners:
            dealt[case_id].append(row)
    return dealt


def _column_types(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for table, column, declared in connection.execute(
        "select table_name, column_name, data_type from information_schema.columns "
        "where table_schema = ? order by table_name, ordinal_position",
        [_SCHEMA],
    ).fetchall():
        found[table][column] = declared
    return found
