"""What one agreement says, as the other subjects read it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from inference_revenue.simulate.customers import Customer
from inference_revenue.simulate.timeline import (
    ENTITY,
    Entity,
    add_months,
    local_midnight,
)

COLLECTABILITY = "collectability_"
"""Roles of doubtful payers start so and end with the estimate."""
INTERVAL_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class FeeLine:
    """A stated amount for access, support or a good."""

    line_id: str
    product_id: str
    amount: Decimal
    """Per interval; of a good, for all pieces."""
    interval: str
    timing: str
    start: date
    end: date | None
    quantity: int
    """Months per interval; pieces of a good."""

    def intervals(self, until: date) -> list[tuple[date, date]]:
        """Charged windows that start before a day, half-open.

        Boundaries are counted from the first day, so a line of the 31st comes back
        to the 31st after each short month.
        """
        if self.interval == "once":
            end = self.end or self.start
            return [(self.start, end)] if self.start < until else []
        step = INTERVAL_MONTHS[self.interval]
        windows: list[tuple[date, date]] = []
        count = 0
        while True:
            start = add_months(self.start, count * step)
            if start >= until or (self.end is not None and start >= self.end):
                return windows
            windows.append((start, add_months(self.start, (count + 1) * step)))
            count += 1


@dataclass(frozen=True)
class UsageLine:
    """One meter and what rates it."""

    line_id: str
    meter_id: str
    product_id: str
    price_id: str
    discount_rate: Decimal | None = None


@dataclass(frozen=True)
class Approval:
    """The evidence that both sides agreed, and when it was known."""

    kind: str
    recorded_at: datetime
    """When the agreement itself was entered, perhaps still without a signature."""
    signed_at: datetime | None = None
    signed_recorded_at: datetime | None = None
    authority_ref: str | None = None
    event_kind: str | None = None
    """executed or ratified, where an event is the evidence."""
    event_at: datetime | None = None
    event_recorded_at: datetime | None = None

    @property
    def approved_at(self) -> datetime | None:
        """When both sides had agreed; None while they had not."""
        return self.event_at if self.event_kind is not None else self.signed_at

    @property
    def known_at(self) -> datetime | None:
        """When the approval was known; None where there is none."""
        if self.event_kind is not None:
            return self.event_recorded_at
        if self.kind == "agent" and self.authority_ref is None:
            return None
        return self.signed_recorded_at


@dataclass(frozen=True)
class Contract:
    """One agreement with its lines."""

    contract_id: str
    customer: Customer
    role: str
    start: date
    end: date | None
    terminated: date | None
    is_cancellable: bool
    approval: Approval
    fees: tuple[FeeLine, ...] = ()
    good: FeeLine | None = None
    deliveries: tuple[tuple[date, int], ...] = ()
    family: str | None = None
    tokens: tuple[UsageLine, ...] = ()
    """Lines of input, cached and output tokens, in that order."""
    gauges: tuple[UsageLine, ...] = ()
    addressing: str = "line"
    """What its usage events carry beside the customer: line, contract or customer."""
    weight: float = 0.0
    payment_terms_days: int = 30
    bills_fine: bool = False
    """Usage lines of its invoices are finer than a minor unit."""
    renews_contract_id: str | None = None

    @property
    def entity(self) -> Entity:
        """The legal entity that is party to it."""
        return ENTITY[self.customer.entity_id]

    @property
    def collectability(self) -> Decimal | None:
        """Estimated probability of collection, where there is an estimate."""
        if not self.role.startswith(COLLECTABILITY):
            return None
        return Decimal(self.role.removeprefix(COLLECTABILITY))

    @property
    def currency(self) -> str:
        """Currency of its price."""
        return self.customer.currency

    @property
    def last(self) -> date | None:
        """First day without service, if one is agreed: early termination first."""
        return self.terminated or self.end

    def starts_at(self) -> datetime:
        """Start of the term as an instant."""
        return local_midnight(self.start, self.entity.time_zone)

    def ends_at(self, horizon_end: datetime) -> datetime:
        """End of the service, not after the horizon, as an instant."""
        if self.last is None:
            return horizon_end
        return min(horizon_end, local_midnight(self.last, self.entity.time_zone))

    def noon(self, day: date, hour: int = 12) -> datetime:
        """A business hour of a local day, as an instant."""
        return local_midnight(day, self.entity.time_zone) + timedelta(hours=hour)
