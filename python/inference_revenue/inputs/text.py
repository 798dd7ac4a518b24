"""What CSV and JSON lines have in common: UTF-8 text, landed as VARCHAR."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import duckdb
import pyarrow as pa

from inference_revenue.errors import UserError
from inference_revenue.inputs.files import InputFile

BATCH_ROWS = 50_000
UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Read:
    """What was read from one text file.

    ``present`` are the declared columns that the file has, ``unknown`` its others.
    """

    rows: int
    present: frozenset[str]
    unknown: tuple[str, ...]


@contextmanager
def open_bytes(file: InputFile) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked, after a UTF-8 byte order mark.

    Raises:
        UserError: not readable, damaged, or in a two-byte encoding.
    """
    try:
        with _opener(file.path) as stream:
            start = stream.read(4)
            if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in start:
                raise not_utf8(file, "it looks like UTF-16")
            stream.seek(len(UTF8_BOM) if start.startswith(UTF8_BOM) else 0)
            yield stream
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{file.relative} cannot be read: {error}.") from error


def is_blank(file: InputFile) -> bool:
    """True for a file without a single character that is not white space."""
    with open_bytes(file) as stream:
        return not any(line.strip() for line in stream)


def not_utf8(file: InputFile, detail: str) -> UserError:
    """The error for text in another encoding."""
    return UserError(
        f"{file.relative} is not UTF-8 text ({detail}); save it again as UTF-8."
    )


def undecodable_line(file: InputFile) -> int:
    """The number of the first line that is not UTF-8 (0 if all are)."""
    with open_bytes(file) as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 0


def insert_batch(
    con: duckdb.DuckDBPyConnection,
    target: str,
    columns: Sequence[str],
    values: Sequence[Sequence[str | None]],
    file: InputFile,
    first_number: int,
) -> None:
    """Append rows, given column by column, to raw.<target>.

    Args:
        columns: names of the declared columns given; the others become NULL.
        values: one sequence per column, all of one length.
        first_number: the number of the first row in its file.
    """
    count = len(values[0]) if values else 0
    names = [*columns, "_file_id", "_row_number"]
    arrays = [pa.array(column, pa.string()) for column in values]
    arrays.append(pa.array([file.file_id] * count, pa.string()))
    arrays.append(pa.array(range(first_number, first_number + count), pa.int64()))
    con.register("landing_batch", pa.table(arrays, names=names))
    try:
        listed = ", ".join(quoted(name) for name in names)
        con.execute(
            f"insert into raw.{quoted(target)} ({listed})"
            f" select {listed} from landing_batch"
        )
    finally:
        con.unregister("landing_batch")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A path as an SQL literal for DuckDB's readers, which read * ? [ as patterns."""
    return literal("".join(f"[{c}]" if c in "*?[" else c for c in str(path)))


def _opener(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(".gz"):
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")
