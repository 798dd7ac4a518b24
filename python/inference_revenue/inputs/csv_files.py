"""CSV files: the header says which field is which, every value is landed as text.

A file that follows the rules (RFC 4180, all rows as long as the header) is read by
DuckDB. Any other is read again, slowly and strictly, so that it either lands without
one value in the wrong column or is refused with the number of the line.
"""

from __future__ import annotations

import csv
import io
import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from inference_revenue.errors import UserError
from inference_revenue.inputs.files import InputFile
from inference_revenue.inputs.text import (
    BATCH_ROWS,
    Read,
    insert_batch,
    literal,
    not_utf8,
    open_bytes,
    path_literal,
    quoted,
    undecodable_line,
)

DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Header:
    """The first record of a CSV file.

    ``names`` are in lower case and in file order, '' where the file gives none;
    ``is_first_line`` is False if blank lines precede it or it spans several.
    """

    delimiter: str
    names: tuple[str, ...]
    is_first_line: bool

    def positions(self, columns: Sequence[str]) -> dict[str, int]:
        """Which field holds each declared column that the file has."""
        return {name: self.names.index(name) for name in columns if name in self.names}

    def unknown(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Names of the fields that are no declared column."""
        return tuple(
            name or f"(field {number})"
            for number, name in enumerate(self.names, start=1)
            if name not in columns
        )


def read_header(file: InputFile, columns: Sequence[str]) -> Header:
    """Read the header of a file that is not blank.

    The delimiter is the one that finds most declared columns.

    Raises:
        UserError: not UTF-8, or a name is given twice.
    """
    with open_bytes(file) as stream:
        lines = iter(stream.readline, b"")
        first = next((line for line in lines if line.strip()), b"")
    try:
        line = first.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_utf8(file, "its header line") from error
    delimiter = max(DELIMITERS, key=lambda sign: _fields_found(line, sign, columns))
    with _records(file, delimiter) as reader:
        fields = next(row for row in reader if row)
        is_first_line = reader.line_num == 1
    names = tuple(field.strip().lower() for field in fields)
    for name in names:
        if name and names.count(name) > 1:
            raise UserError(
                f"{file.relative} names the column {name} twice; "
                f"leave one, so that it is clear which is meant."
            )
    return Header(delimiter, names, is_first_line)


def load_csv(
    con: duckdb.DuckDBPyConnection,
    target: str,
    columns: Sequence[str],
    file: InputFile,
    header: Header,
    constants: Mapping[str, str],
) -> Read:
    """Append the file's rows to raw.<target>, which has the declared columns as text.

    Args:
        columns: the declared columns of the table.
        constants: values of declared columns that the path says and the file does not.

    Raises:
        UserError: the file is damaged, or a row has more values than the header.
    """
    positions = header.positions(columns)
    if not positions:
        return Read(0, frozenset(), header.unknown(columns))
    try:
        if not header.is_first_line:
            raise duckdb.InvalidInputException("the header is not the first line")
        rows = _load_fast(con, target, file, header, positions, constants)
    except duckdb.Error:
        rows = _load_carefully(con, target, file, header, positions, constants)
    return Read(rows, frozenset(positions) | set(constants), header.unknown(columns))


def _load_fast(
    con: duckdb.DuckDBPyConnection,
    target: str,
    file: InputFile,
    header: Header,
    positions: Mapping[str, int],
    constants: Mapping[str, str],
) -> int:
    fields = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(header.names)))
    names = [*positions, *constants, "_file_id", "_row_number"]
    values = [f"c{position}" for position in positions.values()]
    values += [literal(value) for value in (*constants.values(), file.file_id)]
    statement = (
        f"insert into raw.{quoted(target)} ({', '.join(map(quoted, names))})"
        f" select {', '.join(values)}, row_number() over ()"
        f" from read_csv({path_literal(file.path)}, columns = {{{fields}}},"
        f" auto_detect = false, header = true, strict_mode = true, nullstr = '',"
        f" delim = {literal(header.delimiter)}, quote = '\"', escape = '\"')"
    )
    result = con.execute(statement).fetchone()
    return int(result[0]) if result else 0


def _load_carefully(
    con: duckdb.DuckDBPyConnection,
    target: str,
    file: InputFile,
    header: Header,
    positions: Mapping[str, int],
    constants: Mapping[str, str],
) -> int:
    """As _load_fast, but short rows end in NULLs and line ends may be mixed."""
    names = [*positions, *constants]
    loaded = 0
    with _records(file, header.delimiter) as reader:
        rows = (_fitted(file, reader.line_num, row, header) for row in reader if row)
        next(rows)  # the header itself
        while batch := list(itertools.islice(rows, BATCH_ROWS)):
            fields = list(zip(*batch, strict=True))
            values: list[Sequence[str | None]] = [
                [value or None for value in fields[position]]
                for position in positions.values()
            ]
            values += [[value] * len(batch) for value in constants.values()]
            insert_batch(con, target, names, values, file, loaded + 1)
            loaded += len(batch)
    return loaded


def _fitted(file: InputFile, line: int, row: list[str], header: Header) -> list[str]:
    """The row, exactly as long as the header."""
    width = len(header.names)
    if any(row[width:]):
        raise UserError(
            f"{file.relative}, line {line}: the row has {len(row)} values but the "
            f"header names {width} columns; quote values that hold the delimiter."
        )
    return row[:width] + [""] * (width - len(row))


class _Reader:
    r"""csv.reader that refuses a carriage return in the middle of a line.

    To csv.reader any \r outside quotes ends a record; in a file whose lines end in
    \n it is part of a value, and the rest of the row would land in other columns.
    """

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self._last = ""
        self._reader = csv.reader(self._noted(lines), delimiter=delimiter, strict=True)

    @property
    def line_num(self) -> int:
        """The number of lines read so far."""
        return self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        ends: set[str] = set()
        for row in self._reader:
            ends.add(self._last[-1:] or "\n")
            if len(ends) > 1:
                raise csv.Error("a carriage return outside quotes")
            yield row

    def _noted(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            # The last line may end without a line end: that is no other kind of end.
            self._last = line if line[-1:] in ("\r", "\n") else self._last
            yield line


@contextmanager
def _records(file: InputFile, delimiter: str) -> Iterator[_Reader]:
    """The records of the file, header included; its faults as a UserError."""
    csv.field_size_limit(sys.maxsize)
    with open_bytes(file) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        reader = _Reader(text, delimiter)
        try:
            yield reader
        except UnicodeDecodeError as error:
            raise not_utf8(file, f"line {undecodable_line(file)}") from error
        except csv.Error as error:
            raise UserError(
                f"{file.relative}, line {reader.line_num}: not readable as CSV "
                f"({error}); check the quotes."
            ) from error


def _fields_found(line: str, sign: str, columns: Sequence[str]) -> tuple[int, int]:
    fields = next(csv.reader(io.StringIO(line, newline=""), delimiter=sign), [])
    known = sum(field.strip().lower() in columns for field in fields)
    return known, len(fields)
