"""Parquet files: a view over them; values keep the types they were written with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from inference_revenue.errors import UserError
from inference_revenue.inputs.files import InputFile
from inference_revenue.inputs.text import literal, path_literal, quoted

FILE = "_landed_from"
ROW_NUMBER = "file_row_number"
# A file with more rows is not looked at for whether it has grown: the sums would cost
# half a scan of it, and files of this size are written once.
SUMMED_ROWS = 5_000_000
WHOLE_NUMBERS = {
    f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG")
} | {"INTEGER", "UINTEGER"}


@dataclass(frozen=True)
class ParquetFile:
    """One file with its row count and the types of its columns, by lower-case name."""

    file: InputFile
    rows: int
    types: Mapping[str, str]

    def unknown(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Names of the columns that are not declared."""
        return tuple(name for name in self.types if name not in columns)

    def constants(self, columns: Sequence[str]) -> dict[str, str]:
        """Declared columns that only the path gives."""
        return {
            name: value
            for name, value in self.file.partitions
            if name in columns and name not in self.types
        }


def inspect_parquet(con: duckdb.DuckDBPyConnection, file: InputFile) -> ParquetFile:
    """Read the footer of one file.

    Raises:
        UserError: not a readable Parquet file, or two columns of one name.
    """
    path = path_literal(file.path)
    try:
        counted = con.execute(
            f"select num_rows from parquet_file_metadata({path})"
        ).fetchone()
        described = con.execute(
            f"describe select * from read_parquet({path}, hive_partitioning = false)"
        ).fetchall()
        names = _top_level_names(con, path)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"{file.relative} cannot be read as Parquet ({reason}); write it again."
        ) from error
    for name in names:
        if names.count(name) > 1:
            raise UserError(
                f"{file.relative} names the column {name} twice; "
                f"leave one, so that it is clear which is meant."
            )
    types = {str(row[0]).lower(): str(row[1]) for row in described}
    return ParquetFile(file, int(counted[0]) if counted else 0, types)


def row_sums(
    con: duckdb.DuckDBPyConnection,
    file: ParquetFile,
    columns: Collection[str],
    rows: int | None,
) -> str | None:
    """What the first rows add up to over the columns that hold numbers and times.

    Enough to see whether a file written again still begins with the rows it had, and
    cheap: text, the bulk of a file of events, is not read.

    Args:
        columns: the declared columns.
        rows: how many of its rows; None for all.

    Returns:
        The sums as text, or None if no column can be added up.
    """
    sums = []
    for name, kind in file.types.items():
        if name not in columns:
            continue
        if kind.startswith(("DECIMAL", "TIMESTAMP", "DATE")) or kind in WHOLE_NUMBERS:
            value = quoted(name)
            if not kind.startswith("DECIMAL") and kind not in WHOLE_NUMBERS:
                value = f"epoch_us(cast({value} as timestamp))"
            sums.append(f"coalesce(cast(sum({value}) as varchar), '-')")
    if not sums or ROW_NUMBER in file.types or (rows or file.rows) > SUMMED_ROWS:
        return None
    first = "" if rows is None else f" where {ROW_NUMBER} < {rows}"
    found = con.execute(
        f"select concat_ws('|', count(*), {', '.join(sums)}) from"
        f" read_parquet({path_literal(file.file.path)}, {ROW_NUMBER} = true,"
        f" hive_partitioning = false){first}"
    ).fetchone()
    return str(found[0]) if found else None


def parquet_select(
    folder: Path,
    files: Sequence[ParquetFile],
    columns: Mapping[str, str],
    parts: Mapping[str, Sequence[tuple[str, int]]],
) -> str:
    """A select of the declared columns, _file_id and _row_number over the files.

    Files are grouped by the types they hold, and a column whose type differs between
    groups becomes text: DuckDB's own union turns 1.25 into 1 where one file says
    decimal(38,2) and another decimal(38,0).

    Args:
        folder: the input folder, from which relative paths are taken.
        columns: declared types by column name.
        parts: id and preceding rows of each part of the files loaded in parts.
    """
    groups: dict[tuple[str, ...], list[ParquetFile]] = {}
    for file in files:
        paths = file.constants(list(columns))
        types = (file.types.get(name, "") for name in (*columns, ROW_NUMBER))
        alone = [file.file.file_id] if file.file.file_id in parts else []
        signature = (*types, *sorted(paths), *alone)
        groups.setdefault(signature, []).append(file)
    clashing = {name for name in columns if _kinds(files, name, list(columns)) > 1}
    return "\nunion all by name\n".join(
        _group_select(folder, group, columns, clashing, parts)
        for group in groups.values()
    )


def _group_select(
    folder: Path,
    group: Sequence[ParquetFile],
    columns: Mapping[str, str],
    clashing: set[str],
    parts: Mapping[str, Sequence[tuple[str, int]]],
) -> str:
    types = group[0].types
    from_path = group[0].constants(list(columns))
    selected = []
    for name, declared in columns.items():
        if name in types:
            value = _as_landed(quoted(name), types[name])
        elif name in from_path:
            part = literal(f"/{name}=([^/]*)/")
            value = f"url_decode(regexp_extract({FILE}, {part}, 1, 'i'))"
            value = f"nullif({value}, '__HIVE_DEFAULT_PARTITION__')"
        else:
            value = f"cast(null as {'varchar' if name in clashing else declared})"
        if name in clashing:
            value = f"cast({value} as varchar)"
        selected.append(f"{value} as {quoted(name)}")
    table = group[0].file.table
    start = len(str(folder)) + 2
    # A column of the file's own hides the number that DuckDB gives.
    numbered = ROW_NUMBER not in types
    number = (
        f"{ROW_NUMBER} + 1" if numbered else f"row_number() over (partition by {FILE})"
    )
    split = parts.get(group[0].file.file_id)
    file_id = _part_id(split, number) if split else _file_id(table, group, start)
    selected += [f"{file_id} as _file_id", f"{number} as _row_number"]
    listed = ",\n    ".join(selected)
    paths = ", ".join(path_literal(file.file.path) for file in group)
    return (
        f"select\n    {listed}\nfrom read_parquet([{paths}], union_by_name = true,"
        f" hive_partitioning = false, filename = '{FILE}',"
        f" file_row_number = {str(numbered).lower()})"
    )


def _file_id(table: str, group: Sequence[ParquetFile], start: int) -> str:
    """The file's id from its name, as files.file_id makes it."""
    if len(group) == 1:
        return literal(group[0].file.file_id)
    prefix = literal(f"{table}/")
    return f"substr(sha256({prefix} || substr({FILE}, {start})), 1, 12)"


def _part_id(parts: Sequence[tuple[str, int]], number: str) -> str:
    """The id of the part that a row of a file loaded in parts belongs to."""
    later = " ".join(
        f"when {number} > {after_row} then {literal(part_id)}"
        for part_id, after_row in sorted(parts[1:], key=lambda p: -p[1])
    )
    return f"case {later} else {literal(parts[0][0])} end"


def _as_landed(column: str, landed_type: str) -> str:
    """Types that no cast of a later step takes, as text."""
    if landed_type == "BLOB":  # text by writers that leave out the annotation
        return f"coalesce(try(decode({column})), cast({column} as varchar))"
    if landed_type == "VARCHAR[]":
        return f"array_to_string({column}, '|')"
    if landed_type.endswith("]") or landed_type.startswith(("STRUCT", "MAP", "UNION")):
        return f"cast({column} as varchar)"
    return column


def _kinds(files: Sequence[ParquetFile], name: str, columns: Sequence[str]) -> int:
    """How many types a column has over all files that have it."""
    types = {file.types[name] for file in files if name in file.types}
    if any(name in file.constants(columns) for file in files):
        types.add("VARCHAR")
    return len(types)


def _top_level_names(con: duckdb.DuckDBPyConnection, path: str) -> list[str]:
    """Column names as written, in lower case; a nested column's parts are left out."""
    rows = con.execute(
        f"select lower(name), coalesce(num_children, 0) from parquet_schema({path})"
    ).fetchall()
    names: list[str] = []
    position = 1  # 0 is the root
    while position < len(rows):
        names.append(str(rows[position][0]))
        inside = 1
        while inside:
            inside += int(rows[position][1]) - 1
            position += 1
    return names
