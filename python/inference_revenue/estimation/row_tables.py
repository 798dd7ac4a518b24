"""Rows of an estimator as a table with exact types: what a row does not tell is empty.

Figures are statistics; they pass the border as decimals of nine places, so that the
same estimate gives the same bytes in every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from inference_revenue.wide_units import decimals

Rows = Sequence[dict[str, Any]]


def row_table(
    rows: Rows,
    *,
    texts: Sequence[str] = (),
    counts: Sequence[str] = (),
    figures: Sequence[str] = (),
    flags: Sequence[str] = (),
) -> pa.Table:
    """The rows with these columns: text, 32-bit integer, decimal(38,18), boolean.

    A figure that is not finite is empty.
    """
    columns: dict[str, pa.Array] = {}
    for names, kind in (
        (texts, pa.string()), (counts, pa.int32()), (flags, pa.bool_()),
    ):  # fmt: skip
        for name in names:
            columns[name] = pa.array([row.get(name) for row in rows], kind)
    for name in figures:
        values = [_billionths(row.get(name)) for row in rows]
        empty = pa.array([value is None for value in values], pa.bool_())
        filled = decimals(np.array([value or 0 for value in values], dtype=object))
        columns[name] = pc.if_else(empty, pa.scalar(None, filled.type), filled)
    return pa.table(columns)


def _billionths(value: float | None) -> int | None:
    """In units of 10^-18, as decimals wants them."""
    if value is None or not np.isfinite(value):
        return None
    return round(value * 10**9) * 10**9
