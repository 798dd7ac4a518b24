"""Units that pass from one lot of a wallet to another, at instants of the wallet.

At such an instant a lot gives what it has left, or a share of it, to the lots that it
fills, as far as they can hold it:

    moved = clip(share of what is left - moved to others before, 0, what the lot holds)

Of several parts of one lot the one that is drawn last is filled first.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from inference_revenue.wide_units import AnyIntegers, Integers

WHOLE = 10**9
# A share of units is cut to 10^-9 of a unit: that many of 10^-12.
GRAIN = 10**3


def clip_in_order(use: AnyIntegers, units: AnyIntegers, lot: Integers) -> AnyIntegers:
    """clip(units - use before, 0, use), where rows of one lot stand together.

    The running sum passes over all lots and may wrap around; the use before, a
    difference within one lot, does not.
    """
    if not len(use):
        return use
    used = np.cumsum(use) - use
    first = np.flatnonzero(np.diff(lot, prepend=lot[0] - 1))
    before = used - np.repeat(used[first], np.diff(first, append=len(lot)))
    drawn: AnyIntegers = np.minimum(use, np.maximum(units - before, 0))
    return drawn


class Moves:
    """When units pass between the lots of each run, and how many."""

    def __init__(
        self, lots: pa.Table, run: Integers, starts: Integers, finer: int
    ) -> None:
        """Take lots as burn_down does, and the run and the start of each usage row.

        finer: how many units of the numbers used make one of 10^-12.
        """
        self.is_filled: npt.NDArray[np.bool_] = lots["move_rank"].is_valid().to_numpy()
        rank = _filled(lots, "move_rank")
        self.most = int(rank.max(initial=0))
        self.stages = np.zeros(len(run), np.int64)
        self._grain = GRAIN * finer
        if not self.most:
            return
        numbers, sources = _filled(lots, "lot_number"), _filled(lots, "from_lot_number")
        order = np.argsort(numbers)
        place = np.searchsorted(numbers, sources, sorter=order)
        self._source = order[np.minimum(place, len(order) - 1)]
        has_source = self.is_filled & lots["from_lot_number"].is_valid().to_numpy()
        self._share = _filled(lots, "moved_billionths")
        of_lot, moved_at = _filled(lots, "run_number"), _filled(lots, "moved_at")
        # of one source the parts stand together, the one that is drawn last first
        self._order = np.lexsort((-_filled(lots, "draw_rank"), self._source))
        self._rank = np.where(has_source, rank, 0)
        for stage in range(1, self.most + 1):
            runs, first = np.unique(of_lot[rank == stage], return_index=True)
            instants = moved_at[rank == stage][first]
            position = np.minimum(np.searchsorted(runs, run), len(runs) - 1)
            self.stages += (runs[position] == run) & (instants[position] <= starts)

    def at(
        self, stage: int, left: AnyIntegers, units: AnyIntegers
    ) -> tuple[Integers, Integers, AnyIntegers]:
        """Move what moves as a stage begins: which lots give, which take, how much.

        left: what each lot has left, changed in place; units: the most each can hold.
        """
        if not stage:
            none = np.empty(0, np.int64)
            return none, none, units[:0]
        target = self._order[self._rank[self._order] == stage]
        source, share = self._source[target], self._share[target]
        given = left[source]
        part = given // WHOLE * share + given % WHOLE * share // WHOLE
        part = np.where(share < WHOLE, part - part % self._grain, part)
        moved = clip_in_order(units[target], part, source)
        np.subtract.at(left, source, moved)
        left[target] += moved
        some = moved > 0
        return source[some], target[some], moved[some]


def _filled(lots: pa.Table, name: str) -> Integers:
    """A column of whole numbers or instants, with 0 where there is none."""
    column = lots[name]
    if pa.types.is_timestamp(column.type):
        column = pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64())
    values: Integers = pc.fill_null(column, 0).to_numpy().astype(np.int64)
    return values
