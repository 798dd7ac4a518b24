"""JSON lines: one object per line, every value landed as text.

Numbers keep their digits: they are never turned into a float, which is what DuckDB's
JSON functions do on the way to VARCHAR (12345678901234567890.12 would lose its end).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import IO

import duckdb

from inference_revenue.errors import UserError
from inference_revenue.inputs.files import InputFile
from inference_revenue.inputs.text import (
    BATCH_ROWS,
    Read,
    insert_batch,
    not_utf8,
    open_bytes,
)

Row = dict[str, object]


def load_json(
    con: duckdb.DuckDBPyConnection,
    target: str,
    columns: Sequence[str],
    lists: Collection[str],
    file: InputFile,
    constants: Mapping[str, str],
) -> Read:
    """Append the file's rows to raw.<target>, which has the declared columns as text.

    Args:
        columns: the declared columns of the table.
        lists: those of them that hold ids separated by '|'; a JSON array is joined.
        constants: values of declared columns that the path says, where a row does not.

    Raises:
        UserError: a line is not UTF-8, not a JSON object, or names a column twice.
    """
    declared = frozenset(columns)
    present: set[str] = set(constants)
    unknown: dict[str, None] = {}
    loaded = 0
    with open_bytes(file) as stream:
        rows = _objects(file, stream)
        while batch := list(itertools.islice(rows, BATCH_ROWS)):
            keys = dict.fromkeys(key for row in batch for key in row)
            unknown.update(dict.fromkeys(key for key in keys if key not in declared))
            present.update(key for key in keys if key in declared)
            names = [name for name in columns if name in keys or name in constants]
            values = [
                [
                    landed_text(row.get(name, constants.get(name)), name in lists)
                    for row in batch
                ]
                for name in names
            ]
            try:
                insert_batch(con, target, names, values, file, loaded + 1)
            except UnicodeEncodeError as error:
                raise not_utf8(file, f"half a \\u pair: {error.object!r}") from error
            loaded += len(batch)
    return Read(loaded, frozenset(present), tuple(unknown))


def landed_text(value: object, is_list: bool) -> str | None:
    """One JSON value as text; numbers arrive here as the text they were."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_list and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return "|".join(value)
    return json.dumps(value, ensure_ascii=False)


def _objects(file: InputFile, stream: IO[bytes]) -> Iterator[Row]:
    decoder = json.JSONDecoder(
        object_pairs_hook=_unambiguous,
        parse_float=str,
        parse_int=str,
        parse_constant=_refused,
    )
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            row = decoder.decode(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise not_utf8(file, f"line {number}") from error
        except (ValueError, RecursionError) as error:
            raise _not_an_object(file, number, str(error)) from error
        if not isinstance(row, dict):
            raise _not_an_object(file, number, "it is another kind of value")
        yield row


def _unambiguous(pairs: list[tuple[str, object]]) -> Row:
    row = {key.lower(): value for key, value in pairs}
    if len(row) < len(pairs):
        raise ValueError("it gives one name twice")
    return row


def _refused(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _not_an_object(file: InputFile, number: int, detail: str) -> UserError:
    return UserError(
        f"{file.relative}, line {number}: not a JSON object ({detail}); "
        f"write JSON lines, one object per line."
    )
