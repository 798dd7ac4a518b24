"""Entities with closed periods, and what is known early and late, for drawn lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random

from built_books import Row
from revenue_oracle import Entity, Period, midnight, month_later

SAID = {"source_system": "test", "recorded_at": "2025-01-01"}


def drawn_entity(
    random: Random,
    entity_id: str,
    zone: str,
    first: date,
    as_of: datetime,
    *,
    months: int,
    closed: int,
) -> Entity:
    """Months from the first on, of which so many were closed some days later."""
    periods = []
    for number in range(months):
        start = month_later(first, number)
        end = month_later(start, 1)
        late = timedelta(seconds=random.randint(2 * 86400, 8 * 86400))
        cutoff = midnight(end, zone) + late if number < closed else as_of
        periods.append(Period(f"{start:%Y-%m}", start, end, cutoff))
    return Entity(entity_id, zone, tuple(periods), as_of)


def drawn_recording(random: Random, entity: Entity, happened: datetime) -> datetime:
    """Mostly soon; else closes later, or on a cut-off, or just after it."""
    draw = random.random()
    if draw < 0.6:
        known = happened + timedelta(seconds=random.randint(0, 36 * 3600))
    elif draw < 0.8:
        known = happened + timedelta(days=random.randint(3, 90))
    else:
        cutoff = random.choice(
            [p.cutoff for p in entity.periods if p.cutoff < entity.as_of]
        )
        known = max(happened, cutoff + timedelta(microseconds=random.randint(0, 1)))
    return min(known, entity.as_of)


def calendar_rows(entities: Iterable[Entity]) -> dict[str, list[Row]]:
    """The closes of the entities, and their time zones."""
    entities = list(entities)
    closes: list[Row] = [
        {
            "source_system": "test", "recorded_at": period.cutoff,
            "entity_id": entity.entity_id, "book": "*", "state": "closed",
            "period_id": period.period_id, "period_start": period.start,
            "period_end": period.end, "changed_by": "controller",
            "knowledge_cutoff_at": period.cutoff,
        }
        for entity in entities for period in entity.periods
        if period.cutoff < entity.as_of
    ]  # fmt: skip
    zones: list[Row] = [
        {
            **SAID, "election_id": f"zone-{entity.entity_id}", "book": "*",
            "topic": "time_zone", "choice": entity.zone, "scope_type": "entity",
            "scope_id": entity.entity_id, "effective_from": "2025-01-01",
            "approved_by": "a", "approved_at": "2025-01-01", "source_ref": "policy",
        }
        for entity in entities if entity.zone != "UTC"
    ]  # fmt: skip
    return {"accounting_periods": closes, "policy_elections": zones}
