"""Prepaid lots by brute force: usage in the order of time, event after event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

# Who comes first where a lot has no priority of its own.
PRIORITIES = {
    "promotional": 10, "rollover": 25, "commitment": 30, "top_up": 40, "bonus": 40
}  # fmt: skip
NEVER = datetime.max


@dataclass(frozen=True)
class LotEvent:
    """An extension (until), or a void or a refund (units) of a lot."""

    kind: str
    occurred_at: datetime
    recorded_at: datetime
    units: Decimal = Decimal(0)
    until: datetime = NEVER
    retracted_at: datetime = NEVER


@dataclass(eq=False)
class Lot:
    """Prepaid units, drawn by all usage of the contract."""

    grant_id: str
    kind: str
    units: Decimal
    consideration: Decimal
    granted_at: datetime
    recorded_at: datetime
    starts: datetime
    ends: datetime = NEVER
    priority: int | None = None
    refundable: bool = False
    retracted_at: datetime = NEVER
    purchase: Lot | None = None  # whose price a bonus shares
    pays: bool = True  # false where it is for products that are not used
    minor_units: int = 2
    comes_from: Lot | None = None  # its units roll over from there, or are transferred
    share: Decimal = Decimal(1)  # of what is left there: units are the most that pass
    moved_at: datetime = NEVER
    is_transfer: bool = False
    events: list[LotEvent] = field(default_factory=list)

    @property
    def root(self) -> Lot:
        """The lot whose price it has."""
        return self.comes_from.root if self.comes_from else self


@dataclass
class Burned:
    """What lots gave up, and what usage was charged beyond them."""

    given_up: Fraction = Fraction(0)
    charged: Fraction = Fraction(0)


@dataclass
class _Balance:
    """A lot as one close knew it: what is left of it as time goes on."""

    lot: Lot
    unit_price: Fraction
    left: Fraction
    ends: datetime
    voids: list[LotEvent]

    def pass_to(self, other: _Balance) -> None:
        """What rolls over, or is transferred, leaves at what it cost."""
        units = self.left
        # before the lot's end those stated pass
        if other.lot.share < 1 and self.ends <= other.lot.moved_at:
            grains = units * Fraction(other.lot.share) * 10**9
            units = Fraction(floor(grains), 10**9)
        units = min(units, Fraction(other.lot.units))
        self.left -= units
        other.left += units

    def give(self, units: Fraction) -> Fraction:
        """The price of units that leave the lot."""
        self.left -= units
        return self.unit_price * units


def burn_down(
    lots: Iterable[Lot],
    usage: Sequence[tuple[datetime, Fraction]],
    end: datetime,
    as_of: datetime,
    agreed_before: datetime,
    cutoff: datetime,
) -> Burned:
    """Serve usage (when, how much) that happened before `end` from lots as known.

    Known is what was recorded by the cut-off and, as every agreement, happened before
    the end of the period that closed there. Lines are not told apart: together they are
    one obligation.
    """
    balances = _balances(lots, agreed_before, cutoff)
    burned = Burned()
    lapses = [
        *((balance.ends, balance, None) for balance in balances),
        *(
            (void.occurred_at, balance, Fraction(void.units))
            for balance in balances for void in balance.voids
        ),
    ]  # fmt: skip
    by_lot = {balance.lot.grant_id: balance for balance in balances}
    moves = [
        (by_lot[balance.lot.comes_from.grant_id], balance)
        for balance in balances if balance.lot.comes_from
    ]  # fmt: skip
    # at one instant units pass, then lots end, then usage looks for one
    steps = sorted(
        [(to.lot.moved_at, 0, n) for n, (_, to) in enumerate(moves)]
        + [(at, 1, n) for n, (at, _, _) in enumerate(lapses) if at <= min(end, as_of)]
        + [(at, 2, n) for n, (at, _) in enumerate(usage)]
    )
    for at, kind, number in steps:
        if kind == 0:
            moves[number][0].pass_to(moves[number][1])
            continue
        if kind == 2:
            burned.charged += _serve(burned, balances, at, usage[number][1])
            continue
        _, balance, units = lapses[number]
        if balance.lot.refundable or (units is not None and at >= end):
            continue
        gone = balance.left if units is None else min(units, balance.left)
        burned.given_up += balance.give(gone)
    return burned


def _serve(
    burned: Burned, balances: list[_Balance], at: datetime, units: Fraction
) -> Fraction:
    """Draw units from the lots in burn order; what is left is charged."""
    for balance in balances:
        if balance.lot.pays and balance.lot.starts <= at < balance.ends:
            drawn = min(units, balance.left)
            burned.given_up += balance.give(drawn)
            units -= drawn
    return units


def _balances(
    lots: Iterable[Lot], agreed_before: datetime, cutoff: datetime
) -> list[_Balance]:
    """The lots that a close knew, in burn order."""

    def stands(recorded: datetime, happened: datetime, gone: datetime) -> bool:
        return recorded <= cutoff < gone and happened < agreed_before

    def is_known(lot: Lot) -> bool:
        if lot.comes_from:
            # an end is exclusive: it left in the period that ends there
            left_at = lot.moved_at - timedelta(microseconds=1)
            stands_itself = stands(lot.recorded_at, left_at, lot.retracted_at)
            return stands_itself and is_known(lot.comes_from)
        return stands(lot.recorded_at, lot.granted_at, lot.retracted_at) and (
            # nobody can know of a bonus before what it came with
            lot.purchase is None or lot.purchase.recorded_at <= cutoff
        )

    known = [lot for lot in lots if is_known(lot)]
    balances = []
    for lot in known:
        events = [
            event for event in lot.events
            if stands(event.recorded_at, event.occurred_at, event.retracted_at)
        ]  # fmt: skip
        refunded = sum(event.units for event in events if event.kind == "refund")
        extensions = [event for event in events if event.kind == "extend"]
        latest = max(extensions, key=lambda event: event.recorded_at, default=None)
        held = Decimal(0) if lot.comes_from else max(lot.units - refunded, Decimal(0))
        balances.append(_Balance(
            lot, _price(lot.root, known) / Fraction(lot.root.units), Fraction(held),
            latest.until if latest else lot.ends,
            [event for event in events if event.kind == "void"],
        ))  # fmt: skip
    return sorted(balances, key=lambda balance: (
        _priority(balance.lot),
        balance.ends, balance.lot.granted_at, balance.lot.grant_id,
    ))  # fmt: skip


def _priority(lot: Lot) -> int:
    """A bonus is drawn with what it came with."""
    if lot.priority is not None:
        return lot.priority
    return _priority(lot.purchase) if lot.purchase else PRIORITIES[lot.kind]


def _price(lot: Lot, known: Sequence[Lot]) -> Fraction:
    """What was paid for it; a purchase and its bonuses share theirs by units."""
    bought = lot.purchase or lot
    together = [other for other in known if bought in (other, other.purchase)]
    if len(together) == 1:
        return Fraction(lot.consideration)
    minor = 10**lot.minor_units
    total = sum((Fraction(other.consideration) for other in together), Fraction(0))
    units = sum((Fraction(other.units) for other in together), Fraction(0))
    exact = {
        other.grant_id: total * minor * Fraction(other.units) / units
        for other in together
    }
    left = total * minor - sum(floor(share) for share in exact.values())
    first = sorted(exact, key=lambda name: (floor(exact[name]) - exact[name], name))
    extra = lot.grant_id in first[: int(left)]
    return Fraction(floor(exact[lot.grant_id]) + extra, minor)
