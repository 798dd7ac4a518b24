"""What use costs at a price of any model, event after event, in exact decimals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from revenue_oracle import Entity, Period, local_day, month_later

INTERVALS = {"month": 1, "quarter": 3, "year": 12}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Tier:
    above: Decimal
    up_to: Decimal | None
    rate: Decimal
    per: Decimal
    flat: Decimal


@dataclass(frozen=True)
class Price:
    """What holds from one day on; a later version takes over where the count stands."""

    model: str
    valid_from: date | None
    tiers: tuple[Tier, ...]
    free: Decimal = ZERO
    package: Decimal | None = None
    rounding: str = "up"
    least: Decimal = ZERO
    most: Decimal | None = None

    def cost_alone(self, quantity: Decimal) -> Decimal:
        """What one event costs by itself, its own bounds included."""
        alone = self.tiers[0].flat if self.model == "flat" else self.cost(quantity)
        return max(self.least, alone if self.most is None else min(alone, self.most))

    def cost(self, quantity: Decimal) -> Decimal:
        """Walk up the tiers with the units of a window, before any bounds."""
        units = max(quantity - self.free, ZERO)
        if self.package is not None:
            units = self._packages(units) * self.package
        if units == 0:
            return ZERO
        if self.model in ("volume", "threshold_total"):
            reached = [tier for tier in self.tiers if tier.above < units][-1]
            return reached.flat + units * reached.rate / reached.per
        amount = ZERO
        for tier in self.tiers:
            if units > tier.above:
                within = units if tier.up_to is None else min(units, tier.up_to)
                amount += tier.flat + (within - tier.above) * tier.rate / tier.per
        return amount

    def _packages(self, units: Decimal) -> Decimal:
        assert self.package is not None
        number = units / self.package
        if self.rounding == "nearest":
            return (number + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
        way = ROUND_CEILING if self.rounding == "up" else ROUND_FLOOR
        return number.to_integral_value(way)


@dataclass(frozen=True)
class Use:
    at: datetime
    recorded_at: datetime
    withdrawn_at: datetime | None
    quantity: Decimal


@dataclass(frozen=True)
class Line:
    line_id: str
    entity: Entity
    start: date
    scope: str
    billing_interval: str
    discount: Decimal
    prices: tuple[Price, ...]
    uses: tuple[Use, ...]

    def price_on(self, day: date) -> Price:
        held = [p for p in self.prices if p.valid_from is None or p.valid_from <= day]
        return held[-1]

    def window(self, scope: str, day: date) -> tuple[date, date]:
        """The window of a scope in which a day lies."""
        if scope == "contract_to_date":
            return self.start, date(9999, 12, 31)
        first = self.start
        months = INTERVALS[
            self.billing_interval if scope == "billing_period" else scope
        ]
        if scope in ("month", "quarter"):
            first = date(first.year, first.month - (first.month - 1) % months, 1)
        number = 0
        while month_later(first, (number + 1) * months) <= day:
            number += 1
        return month_later(first, number * months), month_later(
            first, (number + 1) * months
        )


def charges(line: Line, period: Period) -> dict[str, Decimal]:
    """By month of use: what a close charges, one event after the other."""
    known = sorted(
        (
            use
            for use in line.uses
            if use.recorded_at <= period.cutoff
            and not (use.withdrawn_at and use.withdrawn_at <= period.cutoff)
        ),
        key=lambda use: use.at,
    )
    counted: dict[date, Decimal] = defaultdict(Decimal)
    billed: dict[date, Decimal] = defaultdict(Decimal)
    by_month: dict[str, Decimal] = defaultdict(Decimal)
    with localcontext() as context:
        context.prec = 60
        for use in known:
            day = local_day(use.at, line.entity.zone)
            price = line.price_on(day)
            if line.scope == "event":
                by_month[f"{day:%Y-%m}"] += price.cost_alone(use.quantity)
                continue
            window, _ = line.window(line.scope, day)
            bill, _ = line.window("billing_period", day)
            before = counted[window]
            counted[window] += use.quantity
            amount = price.cost(counted[window]) - price.cost(before)
            by_month[f"{day:%Y-%m}"] += _bounded(
                price, billed[bill] + amount
            ) - _bounded(price, billed[bill])
            billed[bill] += amount
        for start, end, month in _bills_that_are_over(line, period):
            price = line.price_on(end - timedelta(days=1))
            bounds_bill = price.least and line.scope != "event"
            if bounds_bill and price.least > billed[start]:
                by_month[month] += price.least - _bounded(price, billed[start])
        return {
            month: amount * (1 - line.discount) for month, amount in by_month.items()
        }


def _bounded(price: Price, amount: Decimal) -> Decimal:
    return amount if price.most is None else min(amount, price.most)


def _bills_that_are_over(
    line: Line, period: Period
) -> Iterator[tuple[date, date, str]]:
    start, end = line.window("billing_period", line.start)
    while end <= min(period.end, local_day(line.entity.as_of, line.entity.zone)):
        yield start, end, f"{end - timedelta(days=1):%Y-%m}"
        start, end = line.window("billing_period", end)
