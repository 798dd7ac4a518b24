"""Where and when a deal plays, and the rows that tell it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from inference_revenue.simulate.customers import Customer
from inference_revenue.simulate.money import list_price
from inference_revenue.simulate.specials.editions import Edition
from inference_revenue.simulate.tables import Midnight
from inference_revenue.simulate.timeline import (
    ENTITY,
    Timeline,
    add_months,
    local_midnight,
)

Cells = dict[str, Any]
HOUR = timedelta(hours=1)


class Story:
    """Collects the rows of one agreement by table of the input contract.

    Rows are written as the story goes; those recorded after the as-of are left out in
    the end, for by then they have not happened.
    """

    def __init__(
        self,
        programme: str,
        number: int,
        customer: Customer,
        start: date,
        timeline: Timeline,
        edition: Edition,
        rng: Random,
    ) -> None:
        self.programme = programme
        self.turn = number + len(programme)
        """Chooses among terms, so that deals of one number differ as well."""
        self.number = number
        self.customer = customer
        self.start = start
        self.timeline = timeline
        self.edition = edition
        self.rng = rng
        self.contract_id = f"spc_{programme}_{number + 1:03d}"
        self.entity = ENTITY[customer.entity_id]
        self.currency = customer.currency
        self.signed_at = self.at(start - timedelta(days=9), 15)
        self.known_at = self.signed_at + 2 * HOUR
        self.end: date | None = None
        self.tables: dict[str, list[Cells]] = {}
        self._counts: dict[str, int] = {}

    # Days and money

    def at(self, day: date, hour: float = 0) -> datetime:
        """An hour of a local day, as an instant."""
        return local_midnight(day, self.entity.time_zone) + timedelta(hours=hour)

    def day(self, months: int, days: int = 0) -> date:
        """A day counted from the start."""
        return add_months(self.start, months) + timedelta(days=days)

    def midnight(self, day: date) -> Midnight:
        """The start of a local day, for a cell."""
        return Midnight(day, self.entity.time_zone)

    def money(self, dollars: object) -> Decimal:
        """A dollar price in the contract's currency, in whole minor units."""
        return list_price(Decimal(str(dollars)), self.currency)

    @property
    def months(self) -> int:
        """Whole months from the start that were over when the last invoices ran."""
        over = (self.timeline.end.year - self.start.year) * 12
        over += self.timeline.end.month - self.start.month
        return max(0, over - (self.start.day > 1))

    # Rows

    def add(self, table: str, source: str, recorded_at: datetime, row: Cells) -> None:
        """A row, unless it is recorded after the as-of."""
        if recorded_at <= self.timeline.as_of:
            known = {"source_system": source, "recorded_at": recorded_at}
            self.tables.setdefault(table, []).append({**row, **known})

    def _next(self, subject: str) -> int:
        self._counts[subject] = self._counts.get(subject, 0) + 1
        return self._counts[subject]
