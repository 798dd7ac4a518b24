"""Usage rows that are rejected or held, a few of each kind."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from inference_revenue.simulate.faults import Fault, state_of
from inference_revenue.simulate.terms import Contract
from inference_revenue.simulate.timeline import Timeline
from inference_revenue.simulate.usage.rows import SOURCES

SOURCE = {"us_inc": SOURCES[0], "eu_gmbh": SOURCES[1]}
TWO_DAYS = timedelta(days=2)
Cells = dict[str, object]


def usage_faults(contracts: Sequence[Contract], timeline: Timeline) -> list[Fault]:
    """The bad rows; each is recorded a minute after the use it claims."""
    steady = _first(contracts, lambda c: c.customer.is_top)
    late = _first(contracts, lambda c: c.role == "newcomer")
    ended = _first(contracts, lambda c: c.terminated is not None)
    twin = _first(contracts, lambda c: c.role == "twin_two")
    day = timeline.month(2) - timedelta(days=9)
    after_end = (ended.terminated or day) + TWO_DAYS
    customer_only: Cells = {"contract_id": None}
    stranger: Cells = {"customer_id": "cus_unknown", "contract_id": None}
    by_line: Cells = {"line_id": late.tokens[0].line_id}
    specs: list[tuple[str, str, int, Contract, date, Cells]] = [
        ("negative_quantity", "NEGATIVE_QUANTITY", 5, steady, day, {"quantity": -40}),
        ("event_id_missing", "NULL_KEY", 2, steady, day, {"event_id": None}),
        ("meter_id_missing", "NULL_KEY", 2, steady, day, {"meter_id": None}),
        ("customer_missing", "MISSING_VALUE", 3, steady, day, {"customer_id": None}),
        ("quantity_missing", "MISSING_VALUE", 2, steady, day, {"quantity": None}),
        (
            "recorded_before_use",
            "FUTURE",
            6,
            steady,
            day,
            {"occurred_at": steady.noon(day, 13)},
        ),
        (
            "unknown_non_billable_reason",
            "UNKNOWN_ENUM",
            2,
            steady,
            day,
            {"non_billable_reason": "demo"},
        ),
        ("unknown_customer", "ORPHAN", 8, steady, day, stranger),
        ("unknown_meter", "ORPHAN", 7, steady, day, {"meter_id": "reasoning"}),
        (
            "before_start_by_line",
            "NO_CONTRACT",
            5,
            late,
            late.start - TWO_DAYS,
            by_line,
        ),
        (
            "before_start_by_customer",
            "NO_CONTRACT",
            4,
            late,
            late.start - TWO_DAYS,
            customer_only,
        ),
        ("after_termination", "NO_CONTRACT", 3, ended, after_end, {}),
        ("two_lines_fit", "AMBIGUOUS_LINE", 5, twin, day + TWO_DAYS, customer_only),
    ]
    return [
        Fault(
            "usage_events",
            name,
            state_of(reason),
            reason,
            _usage_row(name, number, contract, on) | cells,
        )
        for name, reason, count, contract, on, cells in specs
        for number in range(count)
    ]


def _first(
    contracts: Sequence[Contract], wanted: Callable[[Contract], bool]
) -> Contract:
    """The first approved contract with token lines that fits."""
    return next(
        contract
        for contract in contracts
        if contract.tokens and contract.approval.known_at and wanted(contract)
    )


def _usage_row(name: str, number: int, contract: Contract, day: date) -> Cells:
    occurred_at = contract.noon(day, 10) + timedelta(seconds=number)
    return {
        "event_id": f"fault-{name}-{number + 1}",
        "meter_id": contract.tokens[0].meter_id,
        "customer_id": contract.customer.customer_id,
        "contract_id": contract.contract_id,
        "quantity": 1_000,
        "occurred_at": occurred_at,
        "source_system": SOURCE[contract.customer.entity_id],
        "recorded_at": occurred_at + timedelta(minutes=1),
    }
