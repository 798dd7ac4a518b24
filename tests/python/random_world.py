"""A company of random contracts, as the oracle reads it and as an input folder says it.

Everything is drawn from one seed. Dates are chosen so that things happen at the
awkward instants too: on a cut-off and just after it, at local midnight of a month's
first day, on the 31st, and while the clocks change in New York (2 November, 8 March).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from built_books import Row, Rows
from random_changes import add_changes
from random_lots import random_lots, write_lots
from revenue_oracle import (
    EXPONENTS,
    PREPAID,
    Contract,
    Entity,
    Event,
    Line,
    Period,
    Rate,
    Terms,
    midnight,
    month_later,
)

AS_OF = datetime(2026, 3, 17, 12)
FIRST_MONTH = date(2025, 10, 1)
MICROSECOND = timedelta(microseconds=1)
RATES = (
    ("0.0375", "1000000"), ("3", "1000000"), ("0.5", "1"), ("0.005", "1"),
    ("1", "3"), ("100", "7"), ("0.000000001", "1"), ("12.345678901", "1000"),
)  # fmt: skip
PRODUCTS = {
    "api": "usage", "batch": "usage", "plan": "access", "care": "support",
    PREPAID: "credit_pack",
}  # fmt: skip
METERS = {"tokens-in": "api", "tokens-out": "api", "jobs": "batch"}
NOON = timedelta(hours=12)
KINDS_OF_LINES = (
    "usage", "usage usage", "month", "once", "usage month", "usage usage month once",
)  # fmt: skip
AWKWARD_STARTS = (date(2025, 10, 31), date(2025, 12, 31), date(2025, 11, 1))


@dataclass(frozen=True)
class World:
    contracts: list[Contract]
    rows: Rows


def random_world(seed: int, contracts: int, *, changed: bool = False) -> World:
    """Contracts of three entities and the rows that say them, modified if asked."""
    random = Random(seed)
    entities = [
        _entity(random, "e-utc", "UTC", closed=4),
        _entity(random, "e-ny", "America/New_York", closed=3),
        _entity(random, "e-kolkata", "Asia/Kolkata", closed=5),
    ]
    drawn = [_contract(random, number, entities) for number in range(contracts)]
    if changed:
        changing = Random(seed + 1)
        for contract in drawn:
            if contract.lots:  # what is drawn is not modified in this world
                continue
            add_changes(changing, contract, AS_OF, _known)
    rows: Rows = {
        "products": [
            _row(product_id=name, name=name, product_kind=kind)
            for name, kind in PRODUCTS.items()
        ],
        "meters": [
            _row(meter_id=meter, product_id=product, aggregation="sum", unit_code="T")
            for meter, product in METERS.items()
        ],
        "accounting_periods": [
            row for entity in entities for row in _period_rows(entity)
        ],
        "policy_elections": [
            _row(
                election_id=f"zone-{entity.entity_id}", book="*", topic="time_zone",
                choice=entity.zone, scope_type="entity", scope_id=entity.entity_id,
                effective_from="2025-01-01", approved_by="a", approved_at="2025-01-01",
                source_ref="policy",
            )
            for entity in entities if entity.zone != "UTC"
        ],
        "customers": [], "contracts": [], "contract_lines": [], "prices": [],
        "usage_events": [], "contract_events": [], "credit_grants": [],
        "credit_events": [],
    }  # fmt: skip
    for contract in drawn:
        _write_contract(random, contract, rows)
    for table in rows.values():
        random.shuffle(table)
    return World(drawn, rows)


# --- drawing ---------------------------------------------------------------------


def _entity(random: Random, entity_id: str, zone: str, *, closed: int) -> Entity:
    periods = []
    for number in range(6):
        start = month_later(FIRST_MONTH, number)
        end = month_later(start, 1)
        cutoff = AS_OF
        if number < closed:
            late = timedelta(seconds=random.randint(2 * 86400, 10 * 86400))
            cutoff = midnight(end, zone) + late
        periods.append(Period(f"{start:%Y-%m}", start, end, cutoff))
    return Entity(entity_id, zone, tuple(periods), AS_OF)


def _known(random: Random, entity: Entity, happened: datetime) -> datetime:
    """When it was recorded: mostly soon, sometimes after a close, sometimes on one."""
    draw = random.random()
    if draw < 0.70:
        known = happened + timedelta(seconds=random.randint(0, 36 * 3600))
    elif draw < 0.90:
        known = happened + timedelta(days=random.randint(3, 90))
    else:
        cutoff = random.choice([p.cutoff for p in entity.periods if p.cutoff < AS_OF])
        known = max(happened, cutoff + random.choice([timedelta(0), MICROSECOND]))
    return min(known, AS_OF)


def _contract(random: Random, number: int, entities: list[Entity]) -> Contract:
    entity = random.choice(entities)
    currency = random.choice(list(EXPONENTS))
    start = FIRST_MONTH + timedelta(days=random.randint(0, 110))
    if random.random() < 0.3:
        start = random.choice(AWKWARD_STARTS)
    signed = midnight(start, entity.zone) + timedelta(days=random.randint(-20, 40))
    signed = max(signed, datetime(2025, 10, 1, 6))
    known = signed + timedelta(hours=1)
    if random.random() < 0.25:
        known = _known(random, entity, signed)
    contract = Contract(f"k{number}", entity, currency, signed, known, [])
    if random.random() < 0.2:
        contract.unit = "CREDIT"
    kinds = random.choice(KINDS_OF_LINES).split()
    for position, kind in enumerate(kinds):
        line_id = f"k{number}-l{position}"
        contract.lines.append(_line(random, contract, line_id, kind, start))
    if contract.unit or random.random() < 0.6:
        contract.lots = random_lots(
            random, contract, partial(_known, random, entity), AS_OF
        )
    return contract


def _line(
    random: Random, contract: Contract, line_id: str, kind: str, start: date
) -> Line:
    entity = contract.entity
    if random.random() < 0.3:
        start += timedelta(days=random.randint(1, 20))
    end = month_later(start, random.randint(1, 8))
    if kind == "once":
        end = start + timedelta(days=random.randint(1, 200))
    known = contract.recorded_at
    if random.random() < 0.15:
        known = _known(random, entity, known)
    product = "plan" if kind == "month" or random.random() < 0.4 else "care"
    if kind != "usage":
        terms = [Terms(known, _money(random, contract.currency))]
        if random.random() < 0.4:
            later = _later(random, entity, known)
            terms += [Terms(at, _money(random, contract.currency)) for at in later]
        return Line(line_id, product, kind, start, end, terms)
    discount = random.choice([Decimal(0), Decimal(0), Decimal("0.15")])
    line = Line(line_id, "api", kind, start, end, [Terms(known, discount)])
    line.rates.extend(_rates(random, entity, line))
    for position in range(random.randint(1, 25)):
        line.events.append(_event(random, contract, line, position))
    return line


def _later(random: Random, entity: Entity, known: datetime) -> list[datetime]:
    """One or two later moments at which something was corrected."""
    count = random.randint(1, 2)
    moments = {_known(random, entity, known + NOON) for _ in range(count)}
    return sorted(moment for moment in moments if moment > known)


def _rates(random: Random, entity: Entity, line: Line) -> list[Rate]:
    listed = datetime(2025, 9, 1)
    if random.random() < 0.2:
        listed = _known(random, entity, midnight(line.start, entity.zone))
    dims: list[str | None] = [None, "cached"] if random.random() < 0.3 else [None]
    changes: list[datetime | None] = [None]
    if len(dims) == 1 and random.random() < 0.4:
        change = line.start + timedelta(days=random.randint(1, 60))
        changes.append(midnight(change, entity.zone))
    rates = []
    for dim in dims:
        for valid_from in changes:
            known = listed
            if valid_from is not None:
                known = _known(random, entity, max(listed, valid_from - NOON))
            rates.append(Rate(dim, valid_from, *_rate(random), known))
            if random.random() < 0.35:
                for at in _later(random, entity, known):
                    # only a price that replaced another one may go without a successor
                    gone = valid_from is not None and random.random() < 0.3
                    rates.append(Rate(dim, valid_from, *_rate(random), at, gone))
                    if gone:
                        break
    return rates


def _rate(random: Random) -> tuple[Decimal, Decimal]:
    amount, quantity = random.choice(RATES)
    return Decimal(amount), Decimal(quantity)


def _event(random: Random, contract: Contract, line: Line, position: int) -> Event:
    entity = contract.entity
    from_at, to_at = midnight(line.start, entity.zone), midnight(line.end, entity.zone)
    span = max((min(to_at, AS_OF) - from_at).total_seconds(), 1)
    occurred = from_at + timedelta(seconds=random.randint(0, int(span) - 1))
    if random.random() < 0.15:  # around the boundary of a month
        boundary = midnight(random.choice(entity.periods[1:]).start, entity.zone)
        occurred = boundary + random.choice([-MICROSECOND, timedelta(0), MICROSECOND])
    elif random.random() < 0.05:  # outside the window of the line
        occurred = random.choice([from_at - MICROSECOND, to_at])
    occurred = min(occurred, AS_OF)
    recorded = _known(random, entity, occurred)
    retracted = None
    if random.random() < 0.15:
        retracted = _known(random, entity, recorded)
    places = random.choice([0, 0, 3, 9])
    quantity = Decimal(random.randint(0, 10 ** random.randint(1, 12))).scaleb(-places)
    return Event(
        f"{line.line_id}-u{position}", occurred, recorded, quantity,
        random.choice([None, "cached", "other"]), random.random() > 0.07, retracted,
    )  # fmt: skip


def _money(random: Random, currency: str) -> Decimal:
    return Decimal(random.randint(1, 10**7)).scaleb(-EXPONENTS[currency])


# --- writing ---------------------------------------------------------------------


def _row(recorded_at: str = "2025-01-01", **values: object) -> Row:
    return {"source_system": "test", "recorded_at": recorded_at, **values}


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def _bare_or_instant(random: Random, day: date, entity: Entity) -> str:
    """Local midnight, said as a bare date or as the instant that it is."""
    return day.isoformat() if random.random() < 0.5 else _at(midnight(day, entity.zone))


def _used(random: Random, event: Event, entity: Entity) -> str:
    """The instant of use, or its day where that has just begun."""
    day = event.occurred_at.replace(tzinfo=UTC).astimezone(ZoneInfo(entity.zone)).date()
    if midnight(day, entity.zone) == event.occurred_at:
        return _bare_or_instant(random, day, entity)
    return _at(event.occurred_at)


def _period_rows(entity: Entity) -> list[Row]:
    return [
        _row(
            _at(period.cutoff), entity_id=entity.entity_id, book="*", state="closed",
            period_id=period.period_id, period_start=period.start.isoformat(),
            period_end=period.end.isoformat(), changed_by="controller",
            knowledge_cutoff_at=_at(period.cutoff),
        )
        for period in entity.periods if period.cutoff < AS_OF
    ]  # fmt: skip


def _write_contract(random: Random, contract: Contract, rows: Rows) -> None:
    entity, name = contract.entity, contract.contract_id
    rows["customers"].append(_row(customer_id=f"c-{name}"))
    starts = min(line.start for line in contract.lines)
    rows["contracts"].append(_row(
        _at(contract.recorded_at), contract_id=name, customer_id=f"c-{name}",
        entity_id=entity.entity_id, currency=contract.currency,
        approval_kind="signature", signed_at=_at(contract.signed_at),
        effective_from=_bare_or_instant(random, starts, entity),
        effective_to=max(line.end for line in contract.lines).isoformat(),
        source_ref="contract",
    ))  # fmt: skip
    meters = iter(random.sample(["tokens-in", "tokens-out"], 2))
    for line in contract.lines:
        window = {
            "service_start": _bare_or_instant(random, line.start, entity),
            "service_end": _bare_or_instant(random, line.end, entity),
        }
        for terms in line.terms:
            row = dict(_row(
                _at(terms.recorded_at), line_id=line.line_id, contract_id=name,
                product_id=line.product_id, **window,
            ))  # fmt: skip
            if line.kind == "usage":
                meter = next(meters) if terms is line.terms[0] else row["meter_id"]
                row.update(line_kind="usage", price_id=f"p-{line.line_id}")
                row.update(meter_id=meter, discount_rate=terms.amount or None)
                _write_usage(random, contract, line, str(meter), rows)
            else:
                row.update(line_kind="fixed_fee", fixed_amount=terms.amount)
                row.update(amount_interval=line.kind)
            rows["contract_lines"].append(row)
        _write_changed_terms(random, contract, line, rows)
    _write_changes(contract, rows)
    write_lots(random, contract, rows, _row, _at)


def _write_changed_terms(
    random: Random, contract: Contract, line: Line, rows: Rows
) -> None:
    first = [row for row in rows["contract_lines"] if row["line_id"] == line.line_id]
    for event_id, versions in line.changed.items():
        for terms in versions:
            row = dict(first[0] if first else _row(
                line_id=line.line_id, contract_id=contract.contract_id,
                product_id=line.product_id, line_kind="fixed_fee",
                amount_interval=line.kind,
            ))  # fmt: skip
            row.update(
                recorded_at=_at(terms.recorded_at), modified_by_event_id=event_id,
                service_start=_bare_or_instant(random, terms.start, contract.entity),
                service_end=_bare_or_instant(random, terms.end, contract.entity),
            )  # fmt: skip
            if line.kind == "usage":
                row.update(discount_rate=terms.amount or None)
            else:
                row.update(fixed_amount=terms.amount)
            rows["contract_lines"].append(row)


def _write_changes(contract: Contract, rows: Rows) -> None:
    for change in contract.changes:
        row = dict(_row(
            _at(change.recorded_at), contract_event_id=change.event_id,
            contract_id=contract.contract_id, event_kind="modified",
            effective_at=_at(midnight(change.effective, contract.entity.zone)),
            approved_at=_at(change.approved_at), price_delta_amount="1",
            source_ref="amendment",
        ))  # fmt: skip
        rows["contract_events"].append(row)
        if change.retracted_at is not None:
            rows["contract_events"].append(
                {**row, "recorded_at": _at(change.retracted_at), "is_retracted": True}
            )


def _write_usage(
    random: Random, contract: Contract, line: Line, meter: str, rows: Rows
) -> None:
    for rate in line.rates:
        rows["prices"].append(_row(
            _at(rate.recorded_at), price_id=f"p-{line.line_id}", model="unit",
            unit_code=contract.unit or contract.currency,
            rate_amount=f"{rate.amount:f}",
            rate_per_quantity=f"{rate.quantity:f}", tier_no=1,
            dim_1_key="class" if rate.dim else None, dim_1_value=rate.dim,
            valid_from=_at(rate.valid_from) if rate.valid_from else None,
            is_retracted=rate.is_retracted,
        ))  # fmt: skip
    citations: list[dict[str, str]] = [{}, {"contract_id": contract.contract_id}]
    for event in line.events:
        key = {"event_id": event.event_id, "meter_id": meter}
        rows["usage_events"].append(_row(
            _at(event.recorded_at), **key, quantity=f"{event.quantity:f}",
            customer_id=f"c-{contract.contract_id}",
            **random.choice([*citations, {"line_id": line.line_id}]),
            occurred_at=_used(random, event, contract.entity), dim_1_value=event.dim,
            non_billable_reason=None if event.billable else "courtesy",
        ))  # fmt: skip
        if event.retracted_at is not None:
            rows["usage_events"].append(
                _row(_at(event.retracted_at), **key, is_retracted=True)
            )
