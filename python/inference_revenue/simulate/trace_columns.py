"""Reads a recorded trace of model calls, whatever its columns are called.

A column is matched by name, with case and everything but letters and digits ignored; of
several names below that match, the first one in the list is taken. A time column that
holds numbers counts milliseconds from the start of the trace, or seconds where its name
ends in `_s` or `_seconds`. Input tokens include the cached ones.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from inference_revenue.errors import UserError
from inference_revenue.simulate.tables import INSTANT

STARTS_AT = datetime(2025, 1, 15, 15)
"""When a trace starts that only counts from its start."""

TIME = (
    "ts timestamp time datetime occurred_at created_at start_time event_time "
    "request_time arrival_time arrived_at offset_ms arrival_ms arrival offset "
    "offset_s arrival_s arrival_seconds timestamp_ms timestamp_s"
).split()
INPUT = (
    "input_tokens context_tokens prompt_tokens request_tokens input_length "
    "num_prefill_tokens"
).split()
OUTPUT = (
    "output_tokens generated_tokens completion_tokens response_tokens output_length "
    "num_decode_tokens"
).split()
CACHED = (
    "cached_input_tokens derived_cached_input_tokens cache_read_input_tokens "
    "cached_tokens prompt_cached_tokens"
).split()


@dataclass(frozen=True)
class Trace:
    """One position per call; any value may be NULL."""

    occurred_at: pa.Array
    input: pa.Array
    output: pa.Array
    cached: pa.Array | None


def read_trace(path: Path) -> Trace:
    """Read a trace in Parquet or CSV.

    Raises:
        UserError: the file is missing or empty, or a column is missing or holds
            something other than times or whole numbers.
    """
    table = _read(path)
    if table.num_rows == 0:
        raise UserError(f"The trace {path} has no rows.")
    time = _needed(table, TIME, "a time", path)
    cached = _matching(table, CACHED)
    return Trace(
        occurred_at=_instants(table, time, path),
        input=_tokens(table, _needed(table, INPUT, "input tokens", path), path),
        output=_tokens(table, _needed(table, OUTPUT, "output tokens", path), path),
        cached=_tokens(table, cached, path) if cached else None,
    )


def _read(path: Path) -> pa.Table:
    if not path.is_file():
        raise UserError(f"There is no trace file {path}.")
    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        if path.suffix == ".csv" or path.name.endswith(".csv.gz"):
            return pacsv.read_csv(path)
    except (pa.ArrowException, OSError) as error:
        detail = " ".join(str(error).split())
        raise UserError(f"The trace {path} cannot be read: {detail}.") from error
    raise UserError(f"The trace {path} is neither Parquet nor CSV; convert it first.")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _matching(table: pa.Table, names: Sequence[str]) -> str | None:
    given: dict[str, str] = {_plain(column): column for column in table.column_names}
    for name in names:
        if _plain(name) in given:
            return given[_plain(name)]
    return None


def _needed(table: pa.Table, names: Sequence[str], what: str, path: Path) -> str:
    column = _matching(table, names)
    if column is None:
        raise UserError(
            f"The trace {path} has no column for {what}: it has "
            f"{', '.join(table.column_names)}, and one of {', '.join(names)} is needed."
        )
    return column


def _instants(table: pa.Table, name: str, path: Path) -> pa.Array:
    """Naive UTC instants in microseconds, finer ones cut off."""
    column = table[name].combine_chunks()
    kind = column.type
    try:
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            column = pc.cast(column, pa.timestamp("ns"))
        if pa.types.is_timestamp(column.type):
            naive = pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)
            return pc.cast(naive, pa.int64()).cast(INSTANT)
        if pa.types.is_date(kind):
            return pc.cast(column, INSTANT)
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            seconds = re.search(r"_(s|seconds)$", name.lower())
            scaled = pc.multiply(column, 1_000_000 if seconds else 1_000)
            since = pc.cast(scaled, pa.int64(), safe=False).cast(pa.duration("us"))
            return pc.add(pa.scalar(STARTS_AT, INSTANT), since)
    except pa.ArrowException as error:
        detail = " ".join(str(error).split())
        raise UserError(
            f"The column {name} of the trace {path} does not hold times: {detail}."
        ) from error
    raise UserError(
        f"The column {name} of the trace {path} holds {kind}, not times or "
        f"milliseconds."
    )


def _tokens(table: pa.Table, name: str, path: Path) -> pa.Array:
    try:
        return pc.cast(table[name].combine_chunks(), pa.int64())
    except pa.ArrowException as error:
        raise UserError(
            f"The column {name} of the trace {path} does not hold whole numbers."
        ) from error
