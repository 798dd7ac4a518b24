"""Which units of prepaid lots does each stretch of usage draw?

Usage is served in the order of time, each unit by the first lot in burn order that has
started, has not ended and is not used up (accounting rule D8). A lot's window never
changes within a stretch: usage is cut where lots start and end.

The burn order of a wallet is fixed, so lot by lot gives the same draws as stretch by
stretch, and all wallets can take their k-th lot at once: for the usage still to be
served within the lot's window, in order,

    drawn = clip(units of the lot - usage before it, 0, usage)

Units are whole numbers of 10^-18, as wide as they need to be: nothing is rounded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

UNITS = pa.decimal128(38, 18)
_LIMB = 2**64
Integers = npt.NDArray[np.int64]
WideIntegers = npt.NDArray[Any]  # Python integers: 128 bits are no size to fear


def burn_down(usage: pa.Table, lots: pa.Table) -> pa.Table:
    """Units drawn, one row per usage_number and lot_number that meet.

    usage: usage_number, run_number, line_rank, service_ordinal, from_at, units; a run is
        one wallet as known at one time, and its rows are sorted by from_at.
    lots: lot_number, run_number, draw_rank (1, 2, ... in the run), from_at, to_at, units.
    """
    run, left = _column(usage, "run_number"), units_of(usage)
    starts = _column(usage, "from_at")
    ranks, lot_units = _column(lots, "draw_rank"), units_of(lots)
    lot_of = _LotOfRun(lots)
    order = _order_of_service(usage, lots, lot_of)
    lot_from, lot_to = _column(lots, "from_at"), _column(lots, "to_at")
    rows_drawn, lots_drawn, units_drawn = [], [], []
    waiting = order[lot_of.count(run[order]) > 0]
    for rank in range(1, int(ranks.max(initial=0)) + 1):
        lot = lot_of.rank(rank, run[waiting])
        inside = (lot_from[lot] <= starts[waiting]) & (starts[waiting] < lot_to[lot])
        rows, lot = waiting[inside], lot[inside]
        drawn = _draw(left[rows], lot_units[lot], lot)
        left[rows] -= drawn
        taken = drawn > 0
        rows_drawn.append(rows[taken])
        lots_drawn.append(lot[taken])
        units_drawn.append(drawn[taken])
        waiting = waiting[(left[waiting] > 0) & (lot_of.count(run[waiting]) > rank)]
    rows = np.concatenate([np.empty(0, np.int64), *rows_drawn])
    lot = np.concatenate([np.empty(0, np.int64), *lots_drawn])
    return pa.table({
        "usage_number": _column(usage, "usage_number")[rows],
        "lot_number": _column(lots, "lot_number")[lot],
        "units": decimals(np.concatenate([np.empty(0, object), *units_drawn])),
    })  # fmt: skip


def _draw(use: WideIntegers, units: WideIntegers, lot: Integers) -> WideIntegers:
    """clip(units - usage before, 0, usage), where rows of one lot stand together."""
    if not len(use):
        return use
    used = np.cumsum(use) - use
    first = np.flatnonzero(np.diff(lot, prepend=lot[0] - 1))
    before = used - np.repeat(used[first], np.diff(first, append=len(lot)))
    return np.minimum(use, np.maximum(units - before, 0))


class _LotOfRun:
    """The lots of a run by their rank, as positions in the table of lots."""

    def __init__(self, lots: pa.Table) -> None:
        run, rank = _column(lots, "run_number"), _column(lots, "draw_rank")
        self._sorted = np.lexsort((rank, run))
        self._runs, self._first, self._counts = np.unique(
            run[self._sorted], return_index=True, return_counts=True
        )

    def _position(self, run: Integers) -> Integers:
        return np.minimum(np.searchsorted(self._runs, run), len(self._runs) - 1)

    def count(self, run: Integers) -> Integers:
        """Lots of each run."""
        if not len(self._runs):
            return np.zeros(len(run), np.int64)
        position = self._position(run)
        return np.where(self._runs[position] == run, self._counts[position], 0)

    def rank(self, rank: int, run: Integers) -> Integers:
        """The lot of that rank, for runs that have as many."""
        return self._sorted[self._first[self._position(run)] + rank - 1]


def _order_of_service(usage: pa.Table, lots: pa.Table, lot_of: _LotOfRun) -> Integers:
    """Rows in time; between two changes of the wallet's lots, line by line.

    Only instants that the run itself knows divide time, and periods: a cut learned later
    must not change which line a closed period served first.
    """
    run, line = _column(usage, "run_number"), _column(usage, "line_rank")
    order = np.arange(len(run))
    last = np.flatnonzero(np.diff(run, append=-1))
    widest = np.maximum.reduceat(line, np.concatenate([[0], last[:-1] + 1])) if len(run) else line
    many = np.repeat(widest > 1, np.diff(last, prepend=-1))
    rows = order[many]
    starts, passed = _column(usage, "from_at"), np.zeros(len(run), np.int64)
    lot_from, lot_to = _column(lots, "from_at"), _column(lots, "to_at")
    counts = lot_of.count(run[rows])
    for rank in range(1, int(counts.max(initial=0)) + 1):
        some = rows[counts >= rank]
        lot = lot_of.rank(rank, run[some])
        passed[some] += lot_from[lot] <= starts[some]
        passed[some] += lot_to[lot] <= starts[some]
    service = _column(usage, "service_ordinal")
    order[many] = rows[
        np.lexsort((starts[rows], line[rows], passed[rows], service[rows], run[rows]))
    ]
    return order


def _column(table: pa.Table, name: str) -> Integers:
    """A column of whole numbers or instants (microseconds) as 64-bit integers."""
    values = table[name].combine_chunks().to_numpy(zero_copy_only=False)
    return values.astype(np.int64) if values.dtype.kind != "M" else (
        values.astype("datetime64[us]").view(np.int64)
    )


def units_of(table: pa.Table) -> WideIntegers:
    """The column units, decimal(38,18), as whole numbers of 10^-18."""
    array = table["units"].cast(UNITS).combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], UNITS)
    limbs = np.frombuffer(array.buffers()[1] or b"", np.uint64).reshape(-1, 2)
    limbs = limbs[array.offset : array.offset + len(array)]
    high, low = limbs[:, 1].astype(np.int64), limbs[:, 0]
    return high.astype(object) * _LIMB + low.astype(object)


def decimals(units: WideIntegers) -> pa.Array:
    """Whole numbers of 10^-18, not negative, as decimal(38,18)."""
    limbs = np.empty((len(units), 2), np.uint64)
    limbs[:, 0] = units % _LIMB
    limbs[:, 1] = units // _LIMB
    return pa.Array.from_buffers(UNITS, len(units), [None, pa.py_buffer(limbs)])
