"""What interest does a price hold that is paid long before or after its transfer?

The revenue is the price that the customer would have paid in cash as control passes
(accounting rule D15; ASC 606-10-32-15..20, IFRS 15.60..65). With the payments p, what
is transferred at the price stated s, and the rate per compounding period i,

    price = sum(s) x PV(p) / PV(s)        PV(f) = sum of f(t) / (1 + i) ^ t

in whole minor units. What was paid beyond what was transferred, at that price, earns
the customer interest; what was transferred beyond what was paid costs it:

    B(t + 1) = B(t) + i x B(t) + paid(t + 1) - transferred(t + 1)

and B ends at zero. Within a compounding period interest is simple, by days, so that it
belongs to the days of any calendar. It is never revenue.

    4,000 paid two years ahead at 6 %          revenue 4,494.40, expense 240.00 + 254.40
    60 x 18,871 from the transfer on at 12 %   revenue 848,346.53, the rest is income
    24,000 ahead of 24 months at 6 %           revenue 24 x 1,063.69, expense 1,528.67
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

DIGITS = 60
"""Digits that callers compute with, in a local context."""
ATTO = Decimal("1e-18")


@dataclass(frozen=True)
class Flow:
    """What is paid and transferred on a day, at the price stated."""

    day: date
    paid: Decimal
    transferred: Decimal


@dataclass(frozen=True)
class Piece:
    """Interest of a stretch of days: positive is owed to the customer."""

    start: date
    end: date
    interest: Decimal


class Step(NamedTuple):
    """Interest of a stretch of days on what was paid, and on what was transferred."""

    start: date
    end: date
    of_paid: Decimal
    of_transferred: Decimal


@dataclass(frozen=True)
class Compounding:
    """How often interest is added: every so many months, else days."""

    annual_rate: Decimal
    months: int
    days: int

    @property
    def rate(self) -> Decimal:
        """Rate per period: the nominal yearly rate by its share of the year."""
        if self.months:
            return self.annual_rate * self.months / 12
        return self.annual_rate * self.days / 365

    def boundary(self, origin: date, number: int) -> date:
        """Start of a period; the 31st becomes the last day of a shorter month."""
        if not self.months:
            return origin + timedelta(days=number * self.days)
        year, month = divmod(
            origin.year * 12 + origin.month - 1 + number * self.months, 12
        )
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(origin.day, last))


def financed(
    flows: Sequence[Flow], compounding: Compounding, exponent: int
) -> tuple[Decimal, list[Piece]]:
    """The price as control passes, in whole minor units, and the interest by days."""
    stated = sum((flow.transferred for flow in flows), Decimal(0))
    paid = sum((flow.paid for flow in flows), Decimal(0))
    steps = list(_steps(flows, compounding))
    # what each side is worth when the last flow is over
    of_paid = sum((step.of_paid for step in steps), paid)
    of_transferred = sum((step.of_transferred for step in steps), stated)
    scale = of_paid / of_transferred
    unit = Decimal(1).scaleb(-exponent)
    price = (stated * scale).quantize(unit, rounding=ROUND_HALF_UP)
    scale = price / stated
    pieces: list[Piece] = []
    to_date = Decimal(0)
    given = Decimal(0)
    for step in steps:
        to_date += step.of_paid - scale * step.of_transferred
        # cumulative, so that parts add up; the last takes what rounding the price left
        total = price - paid if step is steps[-1] else to_date
        interest = total.quantize(ATTO, rounding=ROUND_DOWN) - given
        given += interest
        if interest:
            pieces.append(Piece(step.start, step.end, interest))
    return price, pieces


def _steps(flows: Sequence[Flow], compounding: Compounding) -> Iterator[Step]:
    """Stretches of days without a flow or a boundary inside, and their interest."""
    by_day: dict[date, tuple[Decimal, Decimal]] = {}
    for flow in flows:
        paid, transferred = by_day.get(flow.day, (Decimal(0), Decimal(0)))
        by_day[flow.day] = paid + flow.paid, transferred + flow.transferred
    days = sorted(by_day)
    origin, horizon = days[0], days[-1]
    standing = [Decimal(0), Decimal(0)]
    number = 0
    while (start := compounding.boundary(origin, number)) < horizon:
        number += 1
        end = compounding.boundary(origin, number)
        inside = [day for day in days if start < day < end]
        knots = [start, *inside, min(end, horizon)]
        added = [Decimal(0), Decimal(0)]
        for left, right in pairwise(knots):
            if left == right:
                continue
            of_day = by_day.get(left, (Decimal(0), Decimal(0)))
            standing = [have + new for have, new in zip(standing, of_day, strict=True)]
            share = Decimal((right - left).days) / Decimal((end - start).days)
            interest = [compounding.rate * have * share for have in standing]
            added = [have + new for have, new in zip(added, interest, strict=True)]
            yield Step(left, right, *interest)
        standing = [have + new for have, new in zip(standing, added, strict=True)]
