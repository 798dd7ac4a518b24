"""Bundles by brute force: what each promise of an order form earns, in fractions.

It follows D10 and section 3.9 of the accounting rules, knows nothing of the SQL, and
covers order forms that no event changes. A line is a promise of its own here.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

CENT = Fraction(1, 100)
TENTH = Fraction(1, 10)


@dataclass(frozen=True)
class Part:
    """A part of a good handed over on a day, known to the close of a month."""

    day: date
    units: int
    known_month: date


@dataclass
class Promise:
    """A line: a fee of a month or of the whole window, or goods handed over in parts.

    price is what the line states for a month, for the window or for all units;
    list_price is the standalone price of the same.
    """

    line_id: str
    product_id: str
    kind: str  # month, once, goods
    price: Decimal
    list_price: Decimal
    start: date
    end: date
    units: int = 1
    parts: list[Part] = field(default_factory=list)

    @property
    def months(self) -> list[tuple[date, date]]:
        """The intervals that the price is for."""
        if self.kind != "month":
            return [(self.start, self.end)]
        starts = [self.start]
        while starts[-1] < self.end:
            day = starts[-1]
            starts.append((day.replace(day=28) + timedelta(days=4)).replace(day=1))
        return list(itertools.pairwise(starts))

    @property
    def stated(self) -> Fraction:
        """The line's price for its whole window."""
        return Fraction(self.price) * len(self.months)

    @property
    def is_at_its_standalone_price(self) -> bool:
        """Within 10 % of the list price, which is the range of the price book."""
        low, high = (Fraction(self.list_price) * (1 + side * TENTH) for side in (-1, 1))
        return low <= Fraction(self.price) <= high

    @property
    def standalone(self) -> Fraction:
        """A stated price within the range is the standalone price, else the list's."""
        if self.is_at_its_standalone_price:
            return self.stated
        return Fraction(self.list_price) * len(self.months)


@dataclass
class OrderForm:
    """What one customer signed on one day: promises, and a reduction of the whole."""

    contract_id: str
    signed: date
    promises: list[Promise]
    reduction: Decimal = Decimal(0)
    is_package: bool = False
    # promises from here on are on a second form, signed with it as one package
    second_from: int | None = None

    def contract_of(self, promise: Promise) -> str:
        """The contract whose line it is."""
        first = self.promises[: self.second_from]
        return self.contract_id if promise in first else f"{self.contract_id}-too"

    @property
    def contract_ids(self) -> list[str]:
        """The contracts that are one."""
        return sorted({self.contract_of(promise) for promise in self.promises})

    @property
    def price(self) -> Fraction:
        """The transaction price."""
        whole = sum((promise.stated for promise in self.promises), Fraction(0))
        return whole - Fraction(self.reduction)

    @property
    def is_allocated(self) -> bool:
        """True where price moves between the promises."""
        return len(self.promises) > 1 and (
            self.reduction != 0
            or any(not one.is_at_its_standalone_price for one in self.promises)
        )

    def allocation(self) -> dict[str, Fraction]:
        """Each promise's share: by standalone price, whole cents, largest remainder."""
        if not self.is_allocated:
            return {one.line_id: one.stated for one in self.promises} | (
                {self.promises[0].line_id: self.price} if self.reduction else {}
            )
        whole = sum((one.standalone for one in self.promises), Fraction(0))
        exact = {
            one.line_id: self.price * one.standalone / whole for one in self.promises
        }
        floors = {line: share // CENT * CENT for line, share in exact.items()}
        left = int((self.price - sum(floors.values())) / CENT)
        by_fraction = sorted(exact, key=lambda line: (floors[line] - exact[line], line))
        for line in by_fraction[:left]:
            floors[line] += CENT
        return floors

    def earned(self, until: date, known_month: date) -> dict[str, Fraction]:
        """E(t|p) of each promise, as known to the close of a month."""
        shares = self.allocation()
        return {
            one.line_id: shares[one.line_id] * _progress(one, until, known_month)
            for one in self.promises
        }


def _progress(promise: Promise, until: date, known_month: date) -> Fraction:
    if promise.kind == "goods":
        passed = sum(
            part.units
            for part in promise.parts
            if part.day < until and part.known_month <= known_month
        )
        return Fraction(passed, promise.units)
    spans = promise.months
    gone = Fraction(0)
    for start, end in spans:
        days = (min(until, end) - start).days
        gone += Fraction(max(days, 0), (end - start).days)
    return gone / len(spans)
