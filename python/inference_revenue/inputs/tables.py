"""One table of the input contract, landed from all its files as raw.<table>."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

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
    row_sums,
)
from inference_revenue.inputs.text import Read, is_blank, quoted
from inference_revenue.inputs.text_copies import TextCopies

# What the first rows of a file add up to; see parquet_files.row_sums.
Sums = Callable[[int | None], str | None]


class FilePart(Protocol):
    """Rows of a file that were loaded together, and the id they carry."""

    @property
    def file_id(self) -> str: ...  # noqa: D102
    @property
    def after_row(self) -> int: ...  # noqa: D102


class Loads(Protocol):
    """Whoever knows which rows of a file came with which load."""

    def parts_of(  # noqa: D102
        self, file: InputFile, rows: int, sums: Sums | None
    ) -> Sequence[FilePart]: ...


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
    loads: Loads,
    copies: TextCopies,
) -> LandedTable:
    """Create raw.<table>: a table from text, a view over Parquet, or a view of both.

    Args:
        folder: the input folder (absolute).
        files: the table's files; without any, raw.<table> is empty.
        loads: tells the parts of a file that has grown.
        copies: text files already read by an earlier run.

    Raises:
        UserError: a file cannot be read, or a required table has only blank files.
    """
    landed = LandedTable(table)
    parquet = [inspect_parquet(con, file) for file in files if file.form == "parquet"]
    text = [file for file in files if file.form != "parquet"]
    text_table = f"{table.name}__text" if parquet else table.name
    if text or not parquet:
        _land_text(con, landed, text_table, text, copies)
        _tell_parts(con, landed, text_table, loads)
    if parquet:
        of_text = text_table if text else None
        _view_parquet(con, folder, landed, parquet, of_text, loads)
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
    copies: TextCopies,
) -> None:
    columns = ", ".join(f"{quoted(name)} varchar" for name in landed.table.column_names)
    con.execute(
        f"create table raw.{quoted(target)}"
        f" ({columns}, _file_id varchar, _row_number bigint)"
    )
    for file in files:
        if is_blank(file):
            landed.blank.append(file)
        else:
            constants = _constants(landed.table, file)
            read = copies.load(con, target, landed.table, file, constants)
            if read is None:
                land = _land_csv if file.form == "csv" else _land_json
                read = land(con, landed.table, target, file, constants)
                copies.keep(con, target, landed.table, file, constants, read)
            landed.take(file, read.rows, read.present, read.unknown)
    for column in landed.table.columns:
        if column.name not in landed.present and column.data_type != "varchar":
            con.execute(
                f"alter table raw.{quoted(target)}"
                f" alter column {quoted(column.name)} type {column.data_type}"
            )


def _land_csv(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    target: str,
    file: InputFile,
    constants: Mapping[str, str],
) -> Read:
    columns = table.column_names
    header = read_header(file, columns)
    absent = {name: v for name, v in constants.items() if name not in header.names}
    return load_csv(con, target, columns, file, header, absent)


def _land_json(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    target: str,
    file: InputFile,
    constants: Mapping[str, str],
) -> Read:
    lists = {column.name for column in table.columns if column.is_list}
    return load_json(con, target, table.column_names, lists, file, constants)


def _tell_parts(
    con: duckdb.DuckDBPyConnection, landed: LandedTable, target: str, loads: Loads
) -> None:
    """Give the rows of a file that has grown the ids of their parts."""
    for file in landed.files:
        known = file.file.file_id
        for part in loads.parts_of(file.file, file.rows, None)[1:]:
            con.execute(
                f"update raw.{quoted(target)} set _file_id = ?"
                " where _file_id = ? and _row_number > ?",
                [part.file_id, known, part.after_row],
            )
            known = part.file_id


def _view_parquet(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    landed: LandedTable,
    files: Sequence[ParquetFile],
    text_table: str | None,
    loads: Loads,
) -> None:
    table = landed.table
    types = {column.name: column.data_type for column in table.columns}
    parts: dict[str, list[tuple[str, int]]] = {}
    for file in files:
        constants = file.constants(table.column_names)
        present = {name for name in types if name in file.types} | set(constants)
        unknown = file.unknown(table.column_names)
        landed.take(file.file, file.rows, present, unknown)
        sums = partial(row_sums, con, file, types)
        found = loads.parts_of(file.file, file.rows, sums)
        if len(found) > 1:
            parts[file.file.file_id] = [(p.file_id, p.after_row) for p in found]
    select = parquet_select(folder, files, types, parts)
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
