"""The levels of random meters equal a calculation that plays each close by hand.

Seats, users, gauges and averages are read early, late and twice at one instant, are
withdrawn, and reach from one billing interval into the next. After each close the
daily evidence up to each day must add up to the level as that close knew it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from built_books import Books, Rows, build, write_rows
from drawn_closes import SAID, calendar_rows, drawn_entity, drawn_recording
from revenue_oracle import Entity, Period, local_day, midnight, month_later

SEED = 20261122
LINES_OF_A_KIND = 14
KINDS = ("max", "last", "unique", "time_weighted")
AS_OF = datetime(2026, 4, 17, 12)
FIRST_MONTH = date(2025, 12, 1)
# A level that is weighted by time is kept to nine decimals, each reading cut there.
DUST = Fraction(1, 10**7)


@dataclass(frozen=True)
class Reading:
    occurred_at: datetime
    recorded_at: datetime
    withdrawn_at: datetime | None
    value: str | None
    """The first dimension: of a `unique` meter what it counts."""
    quantity: Decimal


@dataclass(frozen=True)
class Line:
    line_id: str
    kind: str
    entity: Entity
    start: date
    readings: list[Reading]

    def intervals(self) -> list[tuple[date, date]]:
        starts = [month_later(self.start, number) for number in range(6)]
        return [
            (one, two)
            for one, two in pairwise(starts)
            if midnight(one, self.entity.zone) < AS_OF
        ]


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    random = Random(SEED)
    entities = [
        drawn_entity(random, "e-utc", "UTC", FIRST_MONTH, AS_OF, months=5, closed=3),
        drawn_entity(
            random, "e-ny", "America/New_York", FIRST_MONTH, AS_OF, months=5, closed=2
        ),
    ]
    return [
        _line(random, f"{kind}-{number}", kind, random.choice(entities))
        for kind in KINDS
        for number in range(LINES_OF_A_KIND)
    ]


@pytest.fixture(scope="module")
def books(
    lines: list[Line], tmp_path_factory: pytest.TempPathFactory, dbt_target: Path
) -> Books:
    folder = tmp_path_factory.mktemp("levels")
    raw = write_rows(folder / "raw", _rows(lines), "rows")
    return build(raw, folder / "warehouse", dbt_target, as_of=AS_OF)


def test_each_close_knew_the_level_of_each_day(lines: list[Line], books: Books) -> None:
    added = defaultdict(list)
    for line_id, value, day, known, quantity in books.query(
        "select line_id, dim_1_value, usage_date, known_period_id, quantity"
        " from marts.fct_usage_daily where non_billable_reason is null"
    ):
        added[line_id, value].append((day, known, Fraction(quantity)))
    wrong, measured = [], 0
    for line in lines:
        values = {None if line.kind == "unique" else r.value for r in line.readings}
        for value in values:
            for start, end in line.intervals():
                for period, day in _days_known(line.entity, start, end):
                    found = sum(
                        quantity
                        for used, known, quantity in added[line.line_id, value]
                        if start <= used <= day and known <= period.period_id
                    )
                    expected = _level(line, value, start, end, day, period)
                    measured += expected != 0
                    if abs(found - expected) > DUST:
                        key = (line.line_id, value, str(day), period.period_id)
                        wrong.append((key, float(expected), float(found)))
    assert not wrong, f"{len(wrong)} of {measured}: {wrong[:8]}"
    assert measured > 100 * LINES_OF_A_KIND


# --- by hand ---------------------------------------------------------------------


def _days_known(entity: Entity, start: date, end: date) -> list[tuple[Period, date]]:
    """The days of an interval that have begun, each with the closes from its own on."""
    count = min(end, local_day(AS_OF, entity.zone) + timedelta(days=1)) - start
    days = [start + timedelta(days=number) for number in range(count.days)]
    return [
        (period, day)
        for period in entity.periods
        for day in days
        if day < period.end
    ]  # fmt: skip


def _level(
    line: Line, value: str | None, start: date, end: date, day: date, period: Period
) -> Fraction:
    """What an interval reached by the end of a day, as a close knew it."""
    zone = line.entity.zone
    from_at, to_at = midnight(start, zone), midnight(end, zone)
    until_at = min(to_at, midnight(day + timedelta(days=1), zone))
    standing = sorted(
        (
            reading
            for reading in line.readings
            if reading.occurred_at < until_at
            and (line.kind == "unique" or reading.value == value)
            and reading.recorded_at <= period.cutoff
            and not (reading.withdrawn_at and reading.withdrawn_at <= period.cutoff)
        ),
        key=lambda reading: (reading.occurred_at, reading.quantity),
    )
    within = [reading for reading in standing if reading.occurred_at >= from_at]
    if line.kind == "max":
        return max((Fraction(r.quantity) for r in within), default=Fraction(0))
    if line.kind == "last":
        return Fraction(within[-1].quantity) if within else Fraction(0)
    if line.kind == "unique":
        return Fraction(len({reading.value for reading in within} - {None}))
    held = Fraction(0)
    ends = [reading.occurred_at for reading in standing[1:]] + [until_at]
    for reading, next_at in zip(standing, ends, strict=False):
        seconds = (next_at - max(reading.occurred_at, from_at)).total_seconds()
        held += Fraction(reading.quantity) * max(0, int(seconds))
    return held / int((to_at - from_at).total_seconds())


# --- drawing ---------------------------------------------------------------------


def _line(random: Random, line_id: str, kind: str, entity: Entity) -> Line:
    start = FIRST_MONTH + timedelta(days=random.choice([0, 0, 9, 30, 47]))
    values: list[str | None] = [None, "eu"]
    if kind == "unique":
        values = [None, *(f"user-{number}" for number in range(5))]
    readings: list[Reading] = []
    for _ in range(random.randint(3, 24)):
        first = midnight(start, entity.zone)
        occurred = first + timedelta(
            seconds=random.randint(0, int((AS_OF - first).total_seconds()))
        )
        draw = random.random()
        if draw < 0.15:  # the first instant of a month or of an interval
            boundary = random.choice([start, *(p.start for p in entity.periods)])
            occurred = max(first, midnight(boundary, entity.zone))
        elif draw < 0.3 and readings:
            occurred = readings[-1].occurred_at
        recorded = drawn_recording(random, entity, occurred)
        withdrawn = None
        if random.random() < 0.25:
            withdrawn = drawn_recording(random, entity, recorded)
        readings.append(Reading(
            occurred, recorded, withdrawn, random.choice(values),
            Decimal(random.randint(0, 9000)).scaleb(-random.choice([0, 3])),
        ))  # fmt: skip
    return Line(line_id, kind, entity, start, readings)


# --- writing ---------------------------------------------------------------------


def _rows(lines: list[Line]) -> Rows:
    entities = {line.entity.entity_id: line.entity for line in lines}.values()
    rows: Rows = defaultdict(list)
    rows["products"] = [
        {**SAID, "product_id": "seats", "name": "Seats", "product_kind": "usage"}
    ]
    rows |= calendar_rows(entities)
    for kind in KINDS:
        rows["meters"].append(
            {**SAID, "meter_id": kind, "product_id": "seats", "aggregation": kind,
             "unit_code": "SEAT"}
        )  # fmt: skip
        rows["prices"].append(
            {**SAID, "price_id": kind, "model": "unit", "unit_code": "USD",
             "rate_amount": "1", "rate_per_quantity": "1", "tier_no": 1}
        )  # fmt: skip
    for line in lines:
        ids = {"customer_id": f"c-{line.line_id}", "contract_id": f"k-{line.line_id}"}
        rows["customers"].append({**SAID, "customer_id": ids["customer_id"]})
        rows["contracts"].append({
            **SAID, **ids, "entity_id": line.entity.entity_id, "currency": "USD",
            "approval_kind": "signature", "signed_at": "2025-01-01",
            "effective_from": line.start, "effective_to": "2026-12-31",
            "source_ref": "contract",
        })  # fmt: skip
        rows["contract_lines"].append({
            **SAID, "line_id": line.line_id, "contract_id": ids["contract_id"],
            "product_id": "seats", "line_kind": "usage", "meter_id": line.kind,
            "price_id": line.kind, "service_start": line.start,
            "service_end": "2026-12-31", "billing_interval": "month",
        })  # fmt: skip
        for number, reading in enumerate(line.readings):
            event = {"source_system": "test", "event_id": f"{line.line_id}-{number}"}
            event |= {"meter_id": line.kind}
            rows["usage_events"].append({
                **event, **ids, "occurred_at": reading.occurred_at,
                "recorded_at": reading.recorded_at, "quantity": f"{reading.quantity}",
                "dim_1_value": reading.value,
            })  # fmt: skip
            if reading.withdrawn_at is not None:
                rows["usage_events"].append(
                    {**event, "recorded_at": reading.withdrawn_at, "is_retracted": True}
                )
    return rows
