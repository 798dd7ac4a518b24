"""Calendar, closes, policies, judgements and exchange rates of the company."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from inference_revenue.simulate.tables import Row
from inference_revenue.simulate.terms import Contract
from inference_revenue.simulate.timeline import ENTITIES, Entity, Timeline

CALENDAR_AT = datetime(2024, 11, 29, 16)
POLICY_AT = datetime(2024, 11, 18, 10)
POLICY_FROM = datetime(2024, 12, 1)

FIRST_RATES = {
    ("EUR", "USD"): (1_086_000, 1),
    ("JPY", "USD"): (667_000, 100),
    ("KWD", "USD"): (3_257_000, 1),
}
"""Pair: millionths of the target currency, for how many units."""
FULL_UNITS = 1_000_000

GLOBAL_CHOICES = {
    "contract_gate": "computed",
    "combination": "computed",
    "promise_nature": "computed",
    "usage_nature": "computed",
    "immaterial_promises": "assess",
    "right_to_invoice": "computed",
    "acceptance": "formality",
    "ratable_convention": "day",
    "vc_method": "computed",
    "constraint": "computed",
    "discount_allocation": "computed",
    "variable_allocation": "computed",
    "ssp_point": "stated_in_range",
    "modification_treatment": "computed",
    "principal_agent": "principal",
    "financing": "computed",
    "late_item_treatment": "open_period",
    "fx_rate": "daily",
    "rounding": "half_away",
    "sales_tax": "exclude",
    "reporting_currency": "USD",
}


def period_rows(timeline: Timeline) -> list[Row]:
    """Rows of accounting_periods: opened ahead, closed on the fifth, the last open."""
    rows: list[Row] = []
    for entity in ENTITIES:
        for index in range(timeline.months):
            opened = _opened(timeline, entity, index)
            rows.append(opened)
            if index < timeline.months - 1:
                rows.append(opened | _closed(timeline.cutoff_at(index, entity)))
    return rows


def closing_rows(timeline: Timeline, start: datetime, end: datetime) -> list[Row]:
    """Closes of the last month that are recorded in a stretch of time after it."""
    last = timeline.months - 1
    rows: list[Row] = []
    for entity in ENTITIES:
        closed = _closed(timeline.closing_at(last, entity))
        if start < closed["recorded_at"] <= end:
            rows.append(_opened(timeline, entity, last) | closed)
    return rows


def _opened(timeline: Timeline, entity: Entity, index: int) -> dict[str, object]:
    start = timeline.month(index)
    return {
        "entity_id": entity.entity_id,
        "book": "*",
        "period_id": timeline.period_id(index),
        "fiscal_quarter": f"{start.year}-Q{(start.month + 2) // 3}",
        "fiscal_year": str(start.year),
        "period_start": start,
        "period_end": timeline.month(index + 1),
        "state": "open",
        "changed_by": "controller@example.com",
        "source_system": "erp",
        "recorded_at": CALENDAR_AT,
    }


def _closed(cutoff: datetime) -> dict[str, Any]:
    return {
        "state": "closed",
        "knowledge_cutoff_at": cutoff,
        "recorded_at": cutoff + timedelta(hours=2),
    }


def election_rows(contracts: Sequence[Contract]) -> list[Row]:
    """Rows of policy_elections: the main topics, zones and currencies by entity."""
    rows: list[Row] = [
        _election(topic, choice, "global", "*")
        for topic, choice in GLOBAL_CHOICES.items()
    ]
    for entity in ENTITIES:
        for topic, choice in (
            ("time_zone", entity.time_zone),
            ("functional_currency", entity.functional_currency),
        ):
            rows.append(_election(topic, choice, "entity", entity.entity_id))
    for contract in contracts:
        if contract.role == "leap_term_prepaid":
            # the difference to the price of yearly payment is not a financing
            election = _election("financing", "none", "contract", contract.contract_id)
            at = contract.approval.recorded_at
            known = {"effective_from": at, "approved_at": at, "recorded_at": at}
            rows.append({**election, **known})
    return rows


def _election(topic: str, choice: str, scope: str, scope_id: str) -> Row:
    name = topic if scope == "global" else f"{topic}_{scope_id}"
    return {
        "election_id": f"pol_{name}",
        "book": "*",
        "topic": topic,
        "choice": choice,
        "scope_type": scope,
        "scope_id": scope_id,
        "effective_from": POLICY_FROM,
        "approved_by": "controller@example.com",
        "approved_at": POLICY_AT,
        "source_system": "erp",
        "recorded_at": POLICY_AT,
        "source_ref": f"policy/memo/{name}",
    }


def estimate_rows(contracts: Sequence[Contract]) -> list[Row]:
    """Rows of estimates: how likely a doubtful customer was to pay before it signed."""
    rows: list[Row] = []
    for contract in contracts:
        signed_at = contract.approval.signed_at
        if contract.collectability is None or signed_at is None:
            continue
        checked_at = signed_at - timedelta(days=4)
        rows.append(
            {
                "estimate_id": f"est_{contract.contract_id}",
                "kind": "collectability",
                "book": "*",
                "scope_type": "contract",
                "scope_id": contract.contract_id,
                "method": "historical_rate",
                "scenario_no": 1,
                "probability": 1,
                "value": contract.collectability,
                "value_unit": "rate",
                "as_of_date": checked_at.date(),
                "prepared_by": "credit@example.com",
                "source_system": "erp",
                "recorded_at": checked_at,
                "source_ref": f"credit/memo/{contract.contract_id}",
            }
        )
    return rows


def review_rows(elections: Sequence[Row], estimates: Sequence[Row]) -> list[Row]:
    """Rows of reviews: each estimate, and each election for a single contract."""
    subjects = [("estimates", row["estimate_id"], row) for row in estimates]
    subjects += [
        ("policy_elections", row["election_id"], row)
        for row in elections
        if row["scope_type"] == "contract"
    ]
    rows: list[Row] = []
    for table, subject_id, row in subjects:
        recorded_at = row["recorded_at"]
        assert isinstance(recorded_at, datetime)
        reviewed_at = recorded_at + timedelta(hours=20)
        rows.append(
            {
                "review_id": f"rev_{subject_id}",
                "subject_table": table,
                "subject_id": subject_id,
                "subject_recorded_at": recorded_at,
                "decision": "approved",
                "reviewer": "cao@example.com",
                "reviewer_role": "chief accounting officer",
                "reviewed_at": reviewed_at,
                "materiality_band": "T2",
                "source_system": "erp",
                "recorded_at": reviewed_at,
            }
        )
    return rows


def fx_rows(timeline: Timeline, rng: Random) -> list[Row]:
    """Rows of fx_rates: a daily walk of each pair, recorded the next noon.

    The euro's inverse is given as well, to six decimals. The last rate is recorded at
    the as-of, so that the as-of is the latest moment in the inputs.
    """
    rows: list[Row] = []
    millionths = {pair: start for pair, (start, _) in FIRST_RATES.items()}
    day = timeline.first_month - timedelta(days=31)
    last = (timeline.as_of - timedelta(days=1)).date()
    while day <= last:
        for (source, target), (_, units) in FIRST_RATES.items():
            step = rng.randrange(-4_000, 4_001)
            value = millionths[source, target]
            value += value * step // FULL_UNITS
            millionths[source, target] = value
            rows.append(rate_row(day, source, target, value, units))
            if source == "EUR":
                inverse = (FULL_UNITS * FULL_UNITS + value // 2) // value
                rows.append(rate_row(day, target, source, inverse, 1))
        day += timedelta(days=1)
    return rows


def rate_row(day: date, source: str, target: str, value: int, units: int) -> Row:
    """A spot rate in millionths, recorded the next noon."""
    published_at = datetime(day.year, day.month, day.day, 12) + timedelta(days=1)
    return {
        "from_currency": source,
        "to_currency": target,
        "rate_type": "spot",
        "rate_date": day,
        "rate_amount": Decimal(value).scaleb(-6),
        "rate_per_units": units,
        "source_system": "treasury",
        "recorded_at": published_at,
        "source_ref": "treasury/daily-fixing",
    }
