"""Usage of meters that do not add up: count, max, last, unique, time weighted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random

from inference_revenue.simulate.tables import Row
from inference_revenue.simulate.terms import Contract, UsageLine
from inference_revenue.simulate.timeline import Timeline

Reading = tuple[datetime, int, str | None]
"""When, how much, and the thing counted (for `unique`)."""


@dataclass(frozen=True)
class GaugeQuantity:
    """What a gauge line counted in one month of its entity's zone."""

    contract: Contract
    line: UsageLine
    month: int
    quantity: Fraction
    events: int


def draw_gauges(
    contracts: Sequence[Contract], timeline: Timeline, rng: Random
) -> tuple[list[Row], list[GaugeQuantity]]:
    """Rows of usage_events, each recorded seconds after use, and what they come to."""
    rows: list[Row] = []
    quantities: list[GaugeQuantity] = []
    for contract in contracts:
        starts = timeline.starts_at(contract.entity)
        for line in contract.gauges:
            for month in range(timeline.months):
                start, end = starts[month], starts[month + 1]
                readings = list(_readings(line.meter_id, start, end, rng))
                quantity = _quantity(line.meter_id, readings, end)
                quantities.append(
                    GaugeQuantity(contract, line, month, quantity, len(readings))
                )
                if month == timeline.months - 1 and line.meter_id == "storage":
                    # emptied as the horizon ends, so that no level runs on beyond it
                    readings.append((end, 0, None))
                rows += _rows(contract, line, month, readings, rng)
    return rows, quantities


def _readings(
    meter: str, start: datetime, end: datetime, rng: Random
) -> Iterator[Reading]:
    """Readings of one month in order of time, no two at one instant."""
    days = (end - start).days
    if meter == "jobs":
        for day in range(days):
            for number in range(rng.randrange(4)):
                yield start + timedelta(days=day, hours=number * 5 + 1), 1, None
    elif meter == "seats":
        for day in range(days):
            yield start + timedelta(days=day, hours=6), rng.randrange(20, 45), None
    elif meter == "capacity":
        for day in range(0, days, 7):
            yield start + timedelta(days=day, hours=3), rng.randrange(1, 9), None
    elif meter == "users":
        for day in range(days):
            for number in range(rng.randrange(1, 6)):
                user = f"user_{rng.randrange(60):02d}"
                yield start + timedelta(days=day, hours=9, minutes=number), 1, user
    else:
        # a level holds until the next reading; the first is at the month's very start
        yield start, rng.randrange(400, 2_000), None
        for day in sorted(rng.sample(range(1, days), 6)):
            yield start + timedelta(days=day, hours=8), rng.randrange(400, 2_000), None


def _quantity(meter: str, readings: Sequence[Reading], end: datetime) -> Fraction:
    """Aggregate of one month, exactly; storage is the average level."""
    if meter == "jobs":
        return Fraction(len(readings))
    if meter == "seats":
        return Fraction(max(quantity for _, quantity, _ in readings))
    if meter == "capacity":
        return Fraction(readings[-1][1])
    if meter == "users":
        return Fraction(len({user for _, _, user in readings}))
    second = timedelta(seconds=1)
    until = [at for at, _, _ in readings[1:]] + [end]
    weighted = sum(
        quantity * ((next_at - at) // second)
        for (at, quantity, _), next_at in zip(readings, until, strict=True)
    )
    return Fraction(weighted, (end - readings[0][0]) // second)


def _rows(
    contract: Contract,
    line: UsageLine,
    month: int,
    readings: Sequence[Reading],
    rng: Random,
) -> Iterator[Row]:
    for number, (occurred_at, quantity, counted) in enumerate(readings):
        yield {
            "event_id": f"{line.line_id}/{month}/{number}",
            "meter_id": line.meter_id,
            "customer_id": contract.customer.customer_id,
            "line_id": line.line_id,
            "quantity": quantity,
            "occurred_at": occurred_at,
            "dim_1_value": counted,
            "source_system": "platform",
            "recorded_at": occurred_at + timedelta(seconds=rng.randrange(1, 90)),
        }
