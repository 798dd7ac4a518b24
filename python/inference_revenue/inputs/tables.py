"""One table of the input contract, landed from all its files as raw.<table>."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from inference_revenue.contract import Table
from inference_revenue.errors import UserError
from inference_revenue.inputs.csv_files import load_csv, read_header
from inference_revenue.inputs.files import InputFile
from inference_revenue.inputs.json_lines import load_json
from inference_revenue.inputs.parquet_files import (
    ParquetFile,
    inspect_parquet,
    parquet_select,
)
from inference_revenue.inputs.text import is_blank, quoted


@dataclass(frozen=True)
class LandedFile:
    """One file as landed: its rows, the required columns it lacks, its unknown ones."""

    file: InputFile
    rows: int
    lacking: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass
class LandedTable:
    """One table as landed, and the files of it that hold nothing at all."""

    table: Table
    files: list[LandedFile] = field(default_factory=list)
    blank: list[InputFile] = field(default_factory=list)
    present: set[str] = field(default_factory=set)

    def take(
        self,
        file: InputFile,
        rows: int,
        present: Collection[str],
        unknown: Sequence[str],
    ) -> None:
        """Note what one file holds and lacks."""
        required = self.table.required_columns
        lacking = tuple(name for name in required if name not in present)
        self.files.append(LandedFile(file, rows, lacking, tuple(unknown)))
        self.present.update(present)


def land_table(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    table: Table,
    files: Sequence[InputFile],
) -> LandedTable:
    """Create raw.<table>: a table from text, a view over Parquet, or a view of both.

    Args:
        folder: the input folder (absolute).
        files: the table's files; without any, raw.<table> is empty.

    Raises:
        UserError: a file cannot be read, or a required table has only blank files.
    """
    landed = LandedTable(table)
    parquet = [inspect_parquet(con, file) for file in files if file.form == "parquet"]
    text = [file for file in files if file.form != "parquet"]
    text_table = f"{table.name}__text" if parquet else table.name
    if text or not parquet:
        _land_text(con, landed, text_table, text)
    if parquet:
        _view_parquet(con, folder, landed, parquet, text_table if text else None)
    if landed.blank and not landed.files and table.required == "always":
        raise UserError(
            f"{landed.blank[0].relative} is empty, but the table {table.name} is "
            f"required; write at least its header and one row."
        )
    return landed


def _land_text(
    con: duckdb.DuckDBPyConnection,
    landed: LandedTable,
    target: str,
    files: Sequence[InputFile],
) -> None:
    columns = ", ".join(f"{quoted(name)} varchar" for name in landed.table.column_names)
    con.execute(
        f"create table raw.{quoted(target)}"
        f" ({columns}, _file_id varchar, _row_number bigint)"
    )
    for file in files:
        if is_blank(file):
            landed.blank.append(file)
        elif file.form == "csv":
            _land_csv(con, landed, target, file)
        else:
            _land_json(con, landed, target, file)
    for column in landed.table.columns:
        if column.name not in landed.present and column.data_type != "varchar":
            con.execute(
                f"alter table raw.{quoted(target)}"
                f" alter column {quoted(column.name)} type {column.data_type}"
            )


def _land_csv(
    con: duckdb.DuckDBPyConnection, landed: LandedTable, target: str, file: InputFile
) -> None:
    columns = landed.table.column_names
    header = read_header(file, columns)
    constants = {
        name: value
        for name, value in _constants(landed.table, file).items()
        if name not in header.names
    }
    read = load_csv(con, target, columns, file, header, constants)
    landed.take(file, read.rows, read.present, read.unknown)


def _land_json(
    con: duckdb.DuckDBPyConnection, landed: LandedTable, target: str, file: InputFile
) -> None:
    columns = landed.table.column_names
    lists = {column.name for column in landed.table.columns if column.is_list}
    constants = _constants(landed.table, file)
    read = load_json(con, target, columns, lists, file, constants)
    landed.take(file, read.rows, read.present, read.unknown)


def _view_parquet(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    landed: LandedTable,
    files: Sequence[ParquetFile],
    text_table: str | None,
) -> None:
    table = landed.table
    types = {column.name: column.data_type for column in table.columns}
    for file in files:
        constants = file.constants(table.column_names)
        present = {name for name in types if name in file.types} | set(constants)
        unknown = file.unknown(table.column_names)
        landed.take(file.file, file.rows, present, unknown)
    select = parquet_select(folder, files, types)
    if text_table:
        # One column, one type: what is text in some files is text in all.
        as_text = ", ".join(
            f"cast({quoted(name)} as varchar) as {quoted(name)}" for name in types
        )
        listed = f"{as_text}, _file_id, _row_number"
        select = (
            f"select {listed} from raw.{quoted(text_table)}\n"
            f"union all\nselect {listed} from (\n{select}\n)"
        )
    con.execute(f"create view raw.{quoted(table.name)} as\n{select}")


def _constants(table: Table, file: InputFile) -> dict[str, str]:
    columns = table.column_names
    return {name: value for name, value in file.partitions if name in columns}
