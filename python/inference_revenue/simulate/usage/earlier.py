"""Events of files that were written before, sent again or withdrawn."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from inference_revenue.simulate.tables import INSTANT
from inference_revenue.simulate.timeline import microseconds
from inference_revenue.simulate.usage.rows import SCHEMA
from inference_revenue.simulate.usage.shapes import DAY, Rng

PARTS = 3
"""Rows of one call, which stand together in its file."""
KEYS = ("event_id", "meter_id", "source_system")


def replay_rows(folder: Path, calls: int, start: datetime, rng: Rng) -> pa.Table:
    """Calls of the latest file once more, recorded in the day from ``start`` on."""
    return _recorded(_calls_of(_files(folder)[-1], calls, rng), start, rng)


def retraction_rows(folder: Path, calls: int, start: datetime, rng: Rng) -> pa.Table:
    """Rows that withdraw calls of an older file: their keys, and nothing else."""
    files = _files(folder)
    found = _calls_of(files[len(files) * 9 // 10 - 1], calls, rng)
    withdrawn = {
        "is_retracted": pa.array(np.ones(found.num_rows, dtype=bool)),
        "is_test": pa.array(np.zeros(found.num_rows, dtype=bool)),
        **{key: found[key] for key in KEYS},
    }
    columns = [
        withdrawn.get(field.name, pa.nulls(found.num_rows, field.type))
        for field in SCHEMA
    ]
    return _recorded(pa.table(columns, SCHEMA), start, rng)


def _files(folder: Path) -> list[Path]:
    """Files of metered calls in the order of time, the first night's not among them."""
    return sorted((folder / "usage_events").glob("gateways-*.parquet"))


def _calls_of(path: Path, count: int, rng: Rng) -> pa.Table:
    """Some good calls of a file, each with all of its rows."""
    table = pq.read_table(path, schema=SCHEMA)
    first = table.take(pa.array(np.arange(0, table.num_rows, PARTS)))
    good = pc.and_(pc.invert(first["is_retracted"]), pc.invert(first["is_test"]))
    places = np.flatnonzero(good.to_numpy(zero_copy_only=False))
    chosen = np.sort(rng.choice(places, min(count, len(places)), replace=False))
    rows = (chosen[:, None] * PARTS + np.arange(PARTS)).ravel()
    return table.take(pa.array(rows))


def _recorded(table: pa.Table, start: datetime, rng: Rng) -> pa.Table:
    """The rows as recorded in the day from ``start`` on, a call's at one moment."""
    moments = microseconds(start) + rng.integers(1, DAY, table.num_rows // PARTS)
    recorded = np.repeat(moments, PARTS).view("datetime64[us]")
    place = SCHEMA.get_field_index("recorded_at")
    return table.set_column(place, "recorded_at", pa.array(recorded, INSTANT))
