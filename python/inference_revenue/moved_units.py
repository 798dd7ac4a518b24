"""Units that pass from one lot to another, at instants of their wallets.

At such an instant a lot gives what it has left, or a share of it, to the lots that it
fills, as far as they can hold it:

    moved = clip(share of what is left - moved to others before, 0, what the lot holds)

Of several parts of one lot the one that is drawn last is filled first. Wallets that
units pass between, to another customer or into another unit, have their instants
together. Where c units become n of another unit,

    received = floor(moved x n / c)

to the last place; the parts of the lot share what moved as they share what it became.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from inference_revenue.wide_units import AnyIntegers, Integers, decimals, wide_units

WHOLE = 10**9
# A share of units is cut to 10^-9 of a unit: that many of 10^-12.
GRAIN = 10**3
_ENDS = ("lot_number", "from_lot_number")


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
    """When units pass between the lots of linked runs, and how many."""

    def __init__(
        self,
        lots: pa.Table,
        link: Integers,
        starts: Integers,
        units_of: Callable[[pa.ChunkedArray], AnyIntegers],
        finer: int,
    ) -> None:
        """Take lots as burn_down does, and the link and the start of each usage row.

        finer: how many units of the numbers used make one of 10^-12.
        """
        self.is_filled: npt.NDArray[np.bool_] = lots["move_rank"].is_valid().to_numpy()
        rank = _filled(lots, "move_rank")
        self.most = int(rank.max(initial=0))
        self.stages = np.zeros(len(link), np.int64)
        self._grain = GRAIN * finer
        if not self.most:
            return
        numbers, sources = _filled(lots, "lot_number"), _filled(lots, "from_lot_number")
        order = np.argsort(numbers)
        place = np.searchsorted(numbers, sources, sorter=order)
        self._source = order[np.minimum(place, len(order) - 1)]
        has_source = self.is_filled & lots["from_lot_number"].is_valid().to_numpy()
        self._share = _filled(lots, "moved_billionths")
        self._converts = lots["converts_units"].is_valid().to_numpy()
        self._limits = [
            units_of(pc.fill_null(lots[name], Decimal(0)))
            for name in ("from_units", "converts_units", "into_units")
        ]
        of_lot, moved_at = _filled(lots, "link_number"), _filled(lots, "moved_at")
        # of one source the parts stand together, the one that is drawn last first
        self._order = np.lexsort((-_filled(lots, "draw_rank"), self._source))
        self._rank = np.where(has_source, rank, 0)
        for stage in range(1, self.most + 1):
            links, first = np.unique(of_lot[rank == stage], return_index=True)
            instants = moved_at[rank == stage][first]
            position = np.minimum(np.searchsorted(links, link), len(links) - 1)
            self.stages += (links[position] == link) & (instants[position] <= starts)

    def at(
        self, stage: int, left: AnyIntegers, units: AnyIntegers
    ) -> tuple[Integers, Integers, AnyIntegers, AnyIntegers]:
        """Move what moves as a stage begins: from which lots, to which, what, as what.

        left: what each lot has left, changed in place; units: the most each can hold.
        """
        if not stage:
            none = np.empty(0, np.int64)
            return none, none, units[:0], units[:0]
        target = self._order[self._rank[self._order] == stage]
        source, share = self._source[target], self._share[target]
        given = left[source]
        part = given // WHOLE * share + given % WHOLE * share // WHOLE
        part = np.where(share < WHOLE, part - part % self._grain, part)
        moved = clip_in_order(units[target], part, source)
        received = moved.copy()
        converts = np.flatnonzero(self._converts[target])
        if len(converts):
            self._convert(converts, target, source, part, units, moved, received)
        np.subtract.at(left, source, moved)
        left[target] += received
        some = moved > 0
        return source[some], target[some], moved[some], received[some]

    def _convert(
        self,
        rows: Integers,
        target: Integers,
        source: Integers,
        part: AnyIntegers,
        units: AnyIntegers,
        moved: AnyIntegers,
        received: AnyIntegers,
    ) -> None:
        """What moves, and what it becomes, where it is converted: the last two change.

        The parts of a lot stand together; the last that gets any takes the rest.
        """
        limits, converts, into = self._limits
        for same in np.split(rows, np.flatnonzero(np.diff(source[rows])) + 1):
            lot = target[same[0]]
            to_give = min(part[same[0]], limits[lot])
            to_get = to_give * into[lot] // converts[lot]
            # what becomes nothing stays
            to_give = to_give if to_get else 0
            for row in same:
                is_last = row == same[-1]
                got = to_get if is_last else min(to_get, units[target[row]])
                all_got = got == to_get
                moved[row] = to_give if all_got else got * converts[lot] // into[lot]
                received[row] = got
                to_give, to_get = to_give - moved[row], to_get - got


def units_of_first_lots(taken: pa.Table, lots: pa.Table) -> pa.Array:
    """Units that left lots, in the unit of the first lot of each chain.

    They are others only where units were converted on their way. Of a lot that was
    filled with n units, which were s of the first lot, what leaves it to date is worth

        floor(to date x s / n),

    so that the whole lot is worth what was moved. taken: rows of burn_down in the order
    in which they left.
    """
    sources = dict(zip(*(lots[c].to_pylist() for c in _ENDS), strict=True))
    converted = lots["converts_units"].is_valid().to_pylist()
    later = {n for n, is_it in zip(sources, converted, strict=True) if is_it}
    if not later:
        return taken["units"].combine_chunks()
    while more := {n for n in sources if sources[n] in later} - later:
        later |= more
    units, got = (wide_units(taken[c]).tolist() for c in ("units", "to_units"))
    lot, to = (taken[c].to_pylist() for c in ("lot_number", "to_lot_number"))
    worth = list(units)
    filled: dict[int, list[int]] = {}
    for row, (place, target) in enumerate(zip(lot, to, strict=True)):
        if place in later:
            holding = filled[place]
            before = holding[2] * holding[1] // holding[0]
            holding[2] += units[row]
            worth[row] = holding[2] * holding[1] // holding[0] - before
        if target in later:
            holding = filled.setdefault(target, [0, 0, 0])
            holding[0] += got[row]
            holding[1] += worth[row]
    return decimals(np.array(worth, object))


def _filled(lots: pa.Table, name: str) -> Integers:
    """A column of whole numbers or instants, with 0 where there is none."""
    column = lots[name]
    if pa.types.is_timestamp(column.type):
        column = pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64())
    values: Integers = pc.fill_null(column, 0).to_numpy().astype(np.int64)
    return values
