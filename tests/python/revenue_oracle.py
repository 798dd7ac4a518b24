"""Revenue by brute force: E(t|p) of every obligation, from all rows, for every close.

It follows sections 0.2 to 0.5, 3.1 and 3.9 of the accounting rules with fractions and
loops, knows nothing of the SQL, and is far too slow for anything but a test.

    E(t|p)       what is earned by the end of t, from the rows that the close of p knew
    P(p)         R(E(p|p)) - R(E(p-1|p-1))
    catch-up(p)  R(E(p-1|p)) - R(E(p-1|p-1))
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from wallet_oracle import Lot, burn_down

PREPAID = "wallet"  # the product that the lots of a contract are
EXPONENTS = {"JPY": 0, "USD": 2, "EUR": 2, "KWD": 3}


def midnight(day: date, zone: str) -> datetime:
    """The instant at which a local day begins, in naive UTC."""
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def local_day(instant: datetime, zone: str) -> date:
    """The local day on which an instant in naive UTC lies."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def month_later(day: date, months: int) -> date:
    """The same day some months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def rounded(amount: Fraction, currency: str) -> Decimal:
    """R: half away from zero, to the currency's minor unit."""
    exponent = EXPONENTS[currency]
    scaled = abs(amount) * 10**exponent
    units = int(scaled + Fraction(1, 2))
    return Decimal(units if amount >= 0 else -units).scaleb(-exponent)


@dataclass(frozen=True)
class Period:
    """An accounting period of one entity; an open one knows up to the as-of date."""

    period_id: str
    start: date
    end: date
    cutoff: datetime


@dataclass(frozen=True)
class Entity:
    entity_id: str
    zone: str
    periods: tuple[Period, ...]
    as_of: datetime

    def days_until(self, period: Period) -> date:
        """The day before which all days of the period are over at the as-of date."""
        return local_day(min(midnight(period.end, self.zone), self.as_of), self.zone)


@dataclass(frozen=True)
class Rate:
    """One version of a price: for a value of the first dimension, or for all (None)."""

    dim: str | None
    valid_from: datetime | None
    amount: Decimal
    quantity: Decimal
    recorded_at: datetime
    is_retracted: bool = False


@dataclass(frozen=True)
class Event:
    event_id: str
    occurred_at: datetime
    recorded_at: datetime
    quantity: Decimal
    dim: str | None
    billable: bool
    retracted_at: datetime | None


@dataclass(frozen=True)
class Terms:
    """One version of a line: the amount of a fee, the discount of a usage line."""

    recorded_at: datetime
    amount: Decimal


@dataclass(frozen=True)
class ChangedTerms:
    """A row of a line that cites a change: its amount and window from then on."""

    recorded_at: datetime
    amount: Decimal
    start: date
    end: date


@dataclass(frozen=True)
class Change:
    """An approved change of the terms of a contract."""

    event_id: str
    effective: date
    approved_at: datetime
    recorded_at: datetime
    retracted_at: datetime | None = None


@dataclass
class Line:
    line_id: str
    product_id: str
    kind: str  # usage, month, once
    start: date
    end: date
    terms: list[Terms]
    rates: list[Rate] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    changed: dict[str, list[ChangedTerms]] = field(default_factory=dict)


@dataclass
class Contract:
    contract_id: str
    entity: Entity
    currency: str
    signed_at: datetime
    recorded_at: datetime
    lines: list[Line]
    unit: str = ""  # what its usage is charged in; empty: the currency
    lots: list[Lot] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class Posting:
    amount: Decimal
    catch_up: Decimal


def postings(contract: Contract) -> dict[tuple[str, str], Posting]:
    """What each period posts for each product of the contract, nothing left out."""
    found: dict[tuple[str, str], Posting] = {}
    for product in by_product(contract):
        before, before_period = Decimal(0), None
        for period in begun(contract.entity):
            now = rounded(earned(contract, product, period, period), contract.currency)
            known_before = Decimal(0)
            if before_period is not None:
                known_before = rounded(
                    earned(contract, product, before_period, period), contract.currency
                )
            found[product, period.period_id] = Posting(
                now - before, known_before - before
            )
            before, before_period = now, period
    return found


def earned_table(contract: Contract) -> dict[tuple[str, str, str], Fraction]:
    """E(t|p) for every product and every t up to p."""
    periods = begun(contract.entity)
    return {
        (product, t.period_id, p.period_id): earned(contract, product, t, p)
        for product in by_product(contract)
        for position, p in enumerate(periods)
        for t in periods[: position + 1]
    }


def by_product(contract: Contract) -> dict[str, list[Line]]:
    """The lines of each obligation: those of one product, and the prepaid lots."""
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in contract.lines:
        found[line.product_id].append(line)
    if contract.lots:
        found[PREPAID] = []
    return found


def begun(entity: Entity) -> Sequence[Period]:
    return [p for p in entity.periods if midnight(p.start, entity.zone) <= entity.as_of]


def closes_that_know(contract: Contract) -> list[Period]:
    """The closes that knew the contract, and that it was agreed in time."""
    return [
        p
        for p in begun(contract.entity)
        if contract.recorded_at <= p.cutoff
        and contract.signed_at < midnight(p.end, contract.entity.zone)
    ]


def earned(contract: Contract, product: str, t: Period, p: Period) -> Fraction:
    """E(t|p) of an obligation: earned by the end of t as the close of p knew it."""
    entity = contract.entity
    if p not in closes_that_know(contract):
        return Fraction(0)
    lines = by_product(contract)[product]
    if any(line.changed for line in lines):
        return _earned_as_changed(contract, lines, t, p)
    if not contract.lots or any(line.kind != "usage" for line in lines):
        return sum((_earned_by_line(line, entity, t, p) for line in lines), Fraction(0))
    burned = burn_down(
        contract.lots,
        [
            step for line in contract.lines if line.kind == "usage"
            for terms in [terms_known(line, p)] if terms
            for step in rated(line, terms, entity, t, p)
        ],
        midnight(t.end, entity.zone), entity.as_of,
        midnight(p.end, entity.zone), p.cutoff,
    )  # fmt: skip
    if product == PREPAID:
        return burned.given_up
    # credits have no price beyond that of their lot
    return Fraction(0) if contract.unit else burned.charged


def _earned_as_changed(
    contract: Contract, lines: Sequence[Line], t: Period, p: Period
) -> Fraction:
    from modification_oracle import earned_each_day, terms_of_use  # it reads this one

    entity = contract.entity
    if lines[0].kind == "usage":
        total = Fraction(0)
        for line in lines:
            for event in line.events:
                stated = terms_of_use(contract, line, event, p)
                if stated is not None:
                    amount = _rated_event(line, event, entity, t, p)
                    total += amount * (1 - Fraction(stated.amount))
        return total
    until = entity.days_until(t)
    each_day = earned_each_day(contract, lines, p)
    return sum((a for day, a in each_day.items() if day < until), Fraction(0))


def _earned_by_line(line: Line, entity: Entity, t: Period, p: Period) -> Fraction:
    latest = terms_known(line, p)
    if latest is None:
        return Fraction(0)
    if line.kind == "usage":
        return _rated_usage(line, latest, entity, t, p)
    return _spread_fee(line, latest, entity, t)


def terms_known(line: Line, p: Period) -> Terms | None:
    """The terms of a line that the close of p believed."""
    known = [terms for terms in line.terms if terms.recorded_at <= p.cutoff]
    return max(known, key=lambda terms: terms.recorded_at) if known else None


def _rated_usage(
    line: Line, terms: Terms, entity: Entity, t: Period, p: Period
) -> Fraction:
    return sum((charge for _, charge in rated(line, terms, entity, t, p)), Fraction(0))


def rated(
    line: Line, terms: Terms, entity: Entity, t: Period, p: Period
) -> Iterator[tuple[datetime, Fraction]]:
    """Each event of a usage line that counts: when it happened, what it is charged."""
    from_at, to_at = midnight(line.start, entity.zone), midnight(line.end, entity.zone)
    for event in line.events:
        if from_at <= event.occurred_at < to_at:
            amount = _rated_event(line, event, entity, t, p)
            if amount:
                yield event.occurred_at, amount * (1 - Fraction(terms.amount))


def _rated_event(
    line: Line, event: Event, entity: Entity, t: Period, p: Period
) -> Fraction:
    """Quantity times price of an event that counts, before the line's discount."""
    counts = (
        event.billable
        and event.occurred_at < midnight(t.end, entity.zone)
        and event.occurred_at <= entity.as_of
        and event.recorded_at <= p.cutoff
        and (event.retracted_at is None or event.retracted_at > p.cutoff)
    )
    rate = _rate(line.rates, event, p.cutoff) if counts else None
    if rate is None:
        return Fraction(0)
    return Fraction(event.quantity) * Fraction(rate.amount) / Fraction(rate.quantity)


def _rate(rates: list[Rate], event: Event, cutoff: datetime) -> Rate | None:
    """The price in force when the event occurred, its own dimension before any."""
    for dim in (event.dim, None):
        latest: dict[datetime | None, Rate] = {}
        for rate in sorted(rates, key=lambda rate: rate.recorded_at):
            if rate.dim == dim and rate.recorded_at <= cutoff:
                latest[rate.valid_from] = rate
        in_force = [
            rate
            for valid_from, rate in latest.items()
            if not rate.is_retracted
            and (valid_from is None or valid_from <= event.occurred_at)
        ]
        if in_force:
            return max(in_force, key=lambda rate: rate.valid_from or datetime.min)
    return None


def _spread_fee(line: Line, terms: Terms, entity: Entity, t: Period) -> Fraction:
    until = entity.days_until(t)
    total, number = Fraction(0), 0
    while True:
        if line.kind == "once":
            from_day, to_day = line.start, line.end
        else:
            from_day = month_later(line.start, number)
            to_day = month_later(line.start, number + 1)
        if from_day >= line.end or (line.kind == "once" and number):
            return total
        days = (to_day - from_day).days
        elapsed = min(max((until - from_day).days, 0), days)
        total += Fraction(terms.amount) * elapsed / days
        number += 1
