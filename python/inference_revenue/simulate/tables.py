"""Rows of the input contract as typed Parquet, the same bytes every time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from inference_revenue.contract import Table
from inference_revenue.simulate.timeline import local_midnight

Row = Mapping[str, object]

AMOUNT = pa.decimal128(38, 9)
INSTANT = pa.timestamp("us")
ARROW_TYPES = {
    "varchar": pa.string(),
    "boolean": pa.bool_(),
    "timestamp": INSTANT,
    "date": pa.date32(),
    "integer": pa.int32(),
    "decimal(38,9)": AMOUNT,
}


@dataclass(frozen=True)
class Midnight:
    """The start of a local day: an instant or a date, as the column asks."""

    day: date
    zone: str

    @property
    def instant(self) -> datetime:
        """The naive UTC instant."""
        return local_midnight(self.day, self.zone)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write one file; types stand in the Parquet schema alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        table, path, compression="zstd", compression_level=1, store_schema=False
    )


def write_table(
    folder: Path, table: Table, rows: Sequence[Row], path: Path | None = None
) -> None:
    """Write one input table with its required columns and those the rows use.

    It goes to the table's own file in the folder, unless a path is given.

    Raises KeyError when a row uses a column that the contract does not declare.
    """
    used = {name for row in rows for name in row}
    undeclared = used - set(table.column_names)
    if undeclared:
        raise KeyError(f"{table.name} has no column {', '.join(sorted(undeclared))}")
    types = {
        column.name: ARROW_TYPES[column.data_type]
        for column in table.columns
        if column.required or column.name in used
    }
    write_rows(rows, types, path or folder / f"{table.name}.parquet")


def write_rows(
    rows: Sequence[Row], types: Mapping[str, pa.DataType], path: Path
) -> None:
    """Write columns of the given types, in their order; what a row lacks is NULL."""
    columns = [
        pa.array([_value(row.get(name), kind) for row in rows], kind)
        for name, kind in types.items()
    ]
    write_parquet(pa.table(columns, schema=pa.schema(list(types.items()))), path)


def _value(value: object, kind: pa.DataType) -> object:
    if isinstance(value, Midnight):
        return value.day if pa.types.is_date(kind) else value.instant
    if isinstance(value, int) and pa.types.is_decimal(kind):
        return Decimal(value)
    return value
