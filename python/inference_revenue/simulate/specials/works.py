"""Work that is earned as it is done, exactly: what each report of it earns.

A report earns the share of the price that the measure has reached by then, of the
whole as estimated last. Goods handed over and not yet installed earn their cost, and
neither they nor their cost count in the measure. What is handed over in full is done:
the rest is earned then, whatever was estimated. A milestone, or the copy of a licence,
is work of one report.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction


@dataclass(frozen=True)
class Report:
    """Something done on a day, and when that was recorded."""

    day: date
    recorded_at: datetime
    amount: Fraction = Fraction(1)


@dataclass(frozen=True)
class Work:
    """A price, what is reported of it, and every estimate of the whole, in order."""

    line_id: str
    price: Fraction
    reports: tuple[Report, ...]
    estimates: tuple[Report, ...] = ()
    """Of the whole, with goods; none: one report is all of it."""
    goods: tuple[Report, ...] = ()
    """Cost of goods handed over, all of those that there are."""
    done: Report | None = None

    def by_day(self, as_of: datetime) -> Iterator[tuple[date, Fraction]]:
        """What each day with a report earns, by what was recorded until then."""
        goods = sum((one.amount for one in self.goods), Fraction(0))
        known = [one.amount for one in self.estimates if one.recorded_at <= as_of]
        whole = known[-1] - goods if known else Fraction(1)
        earned = Fraction(0)
        for day in sorted({one.day for one in self._all() if one.recorded_at <= as_of}):
            progress = min(Fraction(1), self._sum(self.reports, day, as_of) / whole)
            at_cost = self._sum(self.goods, day, as_of)
            to_date = at_cost + (self.price - goods) * progress
            done = self.done
            if done and done.recorded_at <= as_of and done.day <= day:
                to_date = self.price
            yield day, to_date - earned
            earned = to_date

    def _all(self) -> list[Report]:
        return [*self.reports, *self.goods, *([self.done] if self.done else [])]

    @staticmethod
    def _sum(reports: tuple[Report, ...], day: date, as_of: datetime) -> Fraction:
        known = (
            one.amount for one in reports if one.day <= day and one.recorded_at <= as_of
        )
        return sum(known, Fraction(0))
