"""Ratable fees whose terms change ahead, exactly: what each day earns.

A change leaves what was earned before it alone. A fee per interval costs from then on
its new amount, by the days of the interval that are left; a fee stated once has a new
total, and what of it is not yet earned is spread over the days that remain. A change
counts from the later of its date and its approval.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from inference_revenue.simulate.timeline import add_months

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """New terms from a day on."""

    day: date
    amount: Fraction
    """Of an interval, or the new total of a fee stated once."""
    end: date
    """First day without service."""


@dataclass(frozen=True)
class Fee:
    """A fee as first agreed, and every change of it in the order of days."""

    line_id: str
    start: date
    end: date
    amount: Fraction
    interval_months: int | None
    """None: stated once for the whole window."""
    changes: tuple[Change, ...] = ()

    def by_day(self) -> Iterator[tuple[date, Fraction]]:
        """What each day of service earns."""
        if self.interval_months is None:
            yield from self._once()
        else:
            yield from self._per_interval(self.interval_months)

    def _per_interval(self, step: int) -> Iterator[tuple[date, Fraction]]:
        terms = [Change(self.start, self.amount, self.end), *self.changes]
        end = terms[-1].end
        number = 0
        while (first := add_months(self.start, number * step)) < end:
            number += 1
            after = add_months(self.start, number * step)
            for day in _days(first, min(after, end)):
                held = [term for term in terms if term.day <= day][-1]
                yield day, held.amount / (after - first).days

    def _once(self) -> Iterator[tuple[date, Fraction]]:
        earned = Fraction(0)
        terms: Sequence[Change] = [
            Change(self.start, self.amount, self.end),
            *self.changes,
        ]
        for term, following in zip(terms, [*terms[1:], None], strict=True):
            rate = (term.amount - earned) / (term.end - term.day).days
            for day in _days(term.day, following.day if following else term.end):
                earned += rate
                yield day, rate


def _days(first: date, after: date) -> Iterator[date]:
    return (first + DAY * number for number in range((after - first).days))
