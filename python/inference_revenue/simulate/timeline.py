"""Months, closes and invoice runs of the company, as UTC instants."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Entity:
    """One legal entity of the company and how it keeps its books."""

    entity_id: str
    functional_currency: str
    time_zone: str
    close_hour: int
    """UTC hour, on the fifth of the next month, at which a close stops listening."""


ENTITIES = (
    Entity("us_inc", "USD", "America/New_York", 17),
    Entity("eu_gmbh", "EUR", "Europe/Berlin", 9),
)
ENTITY = {entity.entity_id: entity for entity in ENTITIES}


def add_months(day: date, months: int) -> date:
    """Move a date by whole months; a day the month lacks becomes its last one."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def local_midnight(day: date, zone: str) -> datetime:
    """Midnight at the start of a local day, as a naive UTC instant."""
    local = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def local_day(instant: datetime, zone: str) -> date:
    """The local day that a naive UTC instant falls on."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970 of a naive UTC instant, exactly."""
    return (instant - EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True)
class Timeline:
    """The months simulated; all are closed but the last."""

    first_month: date
    months: int

    @cached_property
    def _first_days(self) -> tuple[date, ...]:
        count = self.months + 2
        return tuple(add_months(self.first_month, index) for index in range(count))

    @cached_property
    def _period_ids(self) -> tuple[str, ...]:
        return tuple(day.strftime("%Y-%m") for day in self._first_days)

    def month(self, index: int) -> date:
        """First day of a month, counted from 0; the month after the last exists too."""
        return self._first_days[index]

    def period_id(self, index: int) -> str:
        """Name of a month that sorts in time, such as 2025-03."""
        return self._period_ids[index]

    def index(self, day: date) -> int:
        """Which month a local day falls in."""
        first = self.first_month
        return (day.year - first.year) * 12 + day.month - first.month

    @property
    def end(self) -> date:
        """First day after the last month."""
        return self.month(self.months)

    @property
    def day_after_as_of(self) -> date:
        """First day that nothing is known about; fees run on for days after `end`."""
        return self.as_of.date() + timedelta(days=1)

    def invoice_run_at(self, index: int) -> datetime:
        """When the usage of a month is invoiced: the second of the next, noon UTC."""
        return datetime.combine(self.month(index + 1), time(12)) + timedelta(days=1)

    def cutoff_at(self, index: int, entity: Entity) -> datetime:
        """Knowledge cut-off of a month; of the last, still open one the as-of."""
        if index >= self.months - 1:
            return self.as_of
        return self.closing_at(index, entity)

    def closing_at(self, index: int, entity: Entity) -> datetime:
        """When the close of a month stops listening, whether it was held or not."""
        closing_day = self.month(index + 1) + timedelta(days=4)
        return datetime.combine(closing_day, time(entity.close_hour))

    @property
    def as_of(self) -> datetime:
        """The last moment anything is recorded: a day after the last invoice run."""
        return self.invoice_run_at(self.months - 1) + timedelta(days=1)

    @cached_property
    def knowledge_instants(self) -> tuple[datetime, ...]:
        """Every moment at which someone asked what was known: invoices and closes."""
        instants = {self.as_of}
        for index in range(self.months):
            instants.add(self.invoice_run_at(index))
            instants.update(self.cutoff_at(index, entity) for entity in ENTITIES)
        return tuple(sorted(instants))

    def bucket(self, instant: datetime) -> int:
        """First of the knowledge instants that knows what was recorded then."""
        return bisect_left(self.knowledge_instants, instant)

    def starts_at(self, entity: Entity) -> list[datetime]:
        """Instants at which each month, and the one after the last, starts."""
        return [
            local_midnight(self.month(index), entity.time_zone)
            for index in range(self.months + 1)
        ]

    def horizon(self, entity: Entity) -> tuple[datetime, datetime]:
        """The instants between which the entity is simulated, half-open."""
        starts = self.starts_at(entity)
        return starts[0], starts[-1]
