"""Which units of prepaid lots does each stretch of usage draw?

Usage is served in the order of time, each unit by the first lot in burn order that has
started, has not ended and is not used up (accounting rule D8). A lot's window never
changes within a stretch: usage is cut where lots start and end.

The burn order of a wallet is fixed, so lot by lot gives the same draws as stretch by
stretch, and all wallets can take their k-th lot at once: for the usage still to be
served within the lot's window, in order,

    drawn = clip(units of the lot - usage before it, 0, usage)

A lot that can pay for some usage lines only is passed over by the others.

A lot may hold what another one gives it at an instant: units that roll over, or are
transferred. All usage before that instant is served first, then the units move, then
the usage after it; so wallets with k such instants are served in k + 1 stages. Wallets
that units pass between are linked: they have their stages together.

Units are whole numbers and nothing is rounded: 64-bit where a wallet allows it, Python
integers where it does not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from inference_revenue.moved_units import Moves, clip_in_order, units_of_first_lots
from inference_revenue.wide_units import (
    LARGEST,
    AnyIntegers,
    Integers,
    compact_units,
    decimals,
    is_compact,
    wide_units,
)


def burn_down(usage: pa.Table, lots: pa.Table, scopes: pa.Table) -> pa.Table:
    """Units that leave lots: drawn by a usage_number, or moved to a to_lot_number.

    Moved, to_units is what the other lot got, in its own unit; root_units what left in
    the unit of the first lot of the chain.

    usage: usage_number, run_number, link_number, line_rank, service_ordinal, from_at,
        units; a run is one wallet as known at one time, a link all that units pass
        between, and numbers go up by run and from_at.
    lots: lot_number, run_number, link_number, draw_rank (1, 2, ... in the run),
        from_at, to_at, units, is_limited (else the lot can pay for any line); of one
        that another lot fills: from_lot_number, moved_at, move_rank (1, 2, ... in time
        in the link), moved_billionths (share of what is left that moves), and units are
        the most that it can hold; where its unit is another: from_units, the most of
        the other lot that move, and converts_units of them become into_units.
    scopes: lot_number and line_rank of the lines that a limited lot can pay for.
    """
    usage = usage.sort_by("usage_number")  # a table of SQL has no order
    converting = _column(lots, "link_number")[lots["converts_units"].is_valid()]
    wide = np.unique(
        np.concatenate([_wide_links(usage), _wide_links(lots), converting])
    )
    usage_is_wide = np.isin(_column(usage, "link_number"), wide)
    lot_is_wide = np.isin(_column(lots, "link_number"), wide)
    return pa.concat_tables([
        _serve(
            usage.filter(pa.array(usage_is_wide == is_wide)),
            lots.filter(pa.array(lot_is_wide == is_wide)),
            scopes,
            wide_units if is_wide else compact_units,
        )
        for is_wide in (False, True)
    ])  # fmt: skip


def _wide_links(table: pa.Table) -> Integers:
    """Links with a number, or a sum of them, that has no compact form."""
    link, fits = _column(table, "link_number"), is_compact(table["units"])
    links, position = np.unique(link, return_inverse=True)
    # good to 15 digits, so half of what fits is left as room
    total = np.bincount(position, np.where(fits, compact_units(table["units"]), 0))
    return np.union1d(link[~fits], links[total >= LARGEST // 2])


def _serve(
    usage: pa.Table,
    lots: pa.Table,
    scopes: pa.Table,
    units_of: Callable[[pa.ChunkedArray], AnyIntegers],
) -> pa.Table:
    """The burn-down of runs whose numbers have one form."""
    left, lot_units = units_of(usage["units"]), units_of(lots["units"])
    run, starts = _column(usage, "run_number"), _column(usage, "from_at")
    lot_from, lot_to = _column(lots, "from_at"), _column(lots, "to_at")
    lots_of, pays_for = _LotsOfRuns(lots, run), _Scopes(usage, lots, scopes)
    finer = 10**6 if units_of is wide_units else 1
    moves = Moves(lots, _column(usage, "link_number"), starts, units_of, finer)
    lot_left = np.where(moves.is_filled, 0 * lot_units, lot_units)
    numbers, uses = _column(lots, "lot_number"), _column(usage, "usage_number")
    taken = [_taken(numbers[:0], lot_units[:0])]
    in_order = _order_of_service(usage, lots, lots_of)
    for stage in range(moves.most + 1):
        source, target, units, got = moves.at(stage, lot_left, lot_units)
        taken.append(_taken(numbers[source], units, lots=numbers[target], got=got))
        waiting = in_order[moves.stages[in_order] == stage]
        for rank in range(1, lots_of.most + 1):
            waiting = waiting[(left[waiting] > 0) & (lots_of.counts[waiting] >= rank)]
            lot = lots_of.of_rank(rank, waiting)
            inside = (lot_from[lot] <= starts[waiting]) & (
                starts[waiting] < lot_to[lot]
            )
            inside &= pays_for(lot, waiting)
            rows, lot = waiting[inside], lot[inside]
            drawn = clip_in_order(left[rows], lot_left[lot], lot)
            left[rows] -= drawn
            np.subtract.at(lot_left, lot, drawn)
            some = drawn > 0
            taken.append(_taken(numbers[lot[some]], drawn[some], uses[rows[some]]))
    found = pa.concat_tables(taken)
    return found.append_column("root_units", units_of_first_lots(found, lots))


def _taken(
    lot: Integers,
    units: AnyIntegers,
    uses: Integers | None = None,
    lots: Integers | None = None,
    got: AnyIntegers | None = None,
) -> pa.Table:
    """Units that left lots, for usage or for other lots."""
    none = pa.nulls(len(lot), pa.int64())
    return pa.table({
        "usage_number": none if uses is None else uses,
        "lot_number": lot,
        "to_lot_number": none if lots is None else lots,
        "units": decimals(units),
        "to_units": decimals(0 * units if got is None else got),
    })  # fmt: skip


class _LotsOfRuns:
    """The lots of each row's run, by their rank."""

    def __init__(self, lots: pa.Table, run: Integers) -> None:
        lot_run, rank = _column(lots, "run_number"), _column(lots, "draw_rank")
        self._sorted = np.lexsort((rank, lot_run))
        runs, first, counts = np.unique(
            lot_run[self._sorted], return_index=True, return_counts=True
        )
        position = np.searchsorted(runs, run)
        known = position < len(runs)
        known[known] = runs[position[known]] == run[known]
        self._first, self.counts = np.zeros_like(run), np.zeros_like(run)
        self._first[known] = first[position[known]]
        self.counts[known] = counts[position[known]]
        self.most = int(self.counts.max(initial=0))

    def of_rank(self, rank: int, rows: Integers) -> Integers:
        """The lot of that rank, for rows whose run has as many."""
        lots: Integers = self._sorted[self._first[rows] + rank - 1]
        return lots


class _Scopes:
    """Which usage a lot can pay for, where it is limited to some lines."""

    def __init__(self, usage: pa.Table, lots: pa.Table, scopes: pa.Table) -> None:
        self._line, allowed = _column(usage, "line_rank"), _column(scopes, "line_rank")
        self._lines = int(max(self._line.max(initial=0), allowed.max(initial=0))) + 1
        self._limited = lots["is_limited"].to_numpy()
        self._numbers = _column(lots, "lot_number")
        self._allowed = _column(scopes, "lot_number") * self._lines + allowed

    def __call__(self, lot: Integers, rows: Integers) -> npt.NDArray[np.bool_]:
        """True where the lot can pay for the row of usage."""
        pays: npt.NDArray[np.bool_] = ~self._limited[lot]
        asked = np.flatnonzero(~pays)
        keys = self._numbers[lot[asked]] * self._lines + self._line[rows[asked]]
        pays[asked] = np.isin(keys, self._allowed)
        return pays


def _order_of_service(
    usage: pa.Table, lots: pa.Table, lots_of: _LotsOfRuns
) -> Integers:
    """Rows in time; between two changes of the wallet's lots, line by line.

    Only instants that the run itself knows divide time, and periods: a cut learned
    later must not change which line a closed period served first.
    """
    run, line = _column(usage, "run_number"), _column(usage, "line_rank")
    order = np.arange(len(run))
    if not len(run) or line.max() == 1:
        return order
    first = np.flatnonzero(np.diff(run, prepend=run[0] - 1))
    several = np.maximum.reduceat(line, first) > 1
    several = np.repeat(several, np.diff(first, append=len(run)))
    rows = order[several]
    starts, passed = _column(usage, "from_at"), np.zeros(len(run), np.int64)
    lot_from, lot_to = _column(lots, "from_at"), _column(lots, "to_at")
    for rank in range(1, lots_of.most + 1):
        some = rows[lots_of.counts[rows] >= rank]
        lot = lots_of.of_rank(rank, some)
        passed[some] += lot_from[lot] <= starts[some]
        passed[some] += lot_to[lot] <= starts[some]
    service = _column(usage, "service_ordinal")
    order[several] = rows[
        np.lexsort((starts[rows], line[rows], passed[rows], service[rows], run[rows]))
    ]
    return order


def _column(table: pa.Table, name: str) -> Integers:
    """A column of whole numbers or instants (microseconds) as 64-bit integers."""
    values: AnyIntegers = table[name].to_numpy()
    if values.dtype.kind == "M":
        values = values.astype("datetime64[us]")
    return values.astype(np.int64)
