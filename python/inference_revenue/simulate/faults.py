"""Rows that a close must not count, and what is expected to become of each.

Every fault stands alone: its ids belong to nothing else, so that leaving the row out
changes no figure of the truth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import cast

from inference_revenue.simulate.tables import Row
from inference_revenue.simulate.timeline import Timeline

HOUR = timedelta(hours=1)
Cells = dict[str, object]


@dataclass(frozen=True)
class Fault:
    """One row, the state it should get, and the reason code."""

    table: str
    name: str
    state: str
    reason: str
    row: Row


REASON_STATES = {
    "DUPLICATE": "duplicate",
    "ORPHAN": "held",
    "NO_CONTRACT": "held",
    "AMBIGUOUS_LINE": "held",
}
"""States of the reasons used here; any other reason rejects the row."""


def state_of(reason: str) -> str:
    """What becomes of a row with this reason code."""
    return REASON_STATES.get(reason, "rejected")


def table_faults(
    tables: Mapping[str, Sequence[Row]], timeline: Timeline
) -> list[Fault]:
    """A few bad rows of every table but usage, made from its first good row."""
    at = datetime.combine(timeline.month(1), time(9))
    found = []
    for table, name, reason, cells in (
        *_reference_faults(),
        *_agreement_faults(at),
        *_document_faults(tables["billing_documents"][0]),
        *_cash_faults(tables["cash_events"][0]),
    ):
        good = tables[table][0]
        recorded_at = max(at, cast(datetime, good["recorded_at"]) + HOUR)
        row = {**good, "recorded_at": recorded_at, **cells}
        found.append(Fault(table, name, state_of(reason), reason, row))
    return found


Spec = tuple[str, str, str, Cells]
"""Table, name of the fault, reason, cells that differ from the good row."""


def _reference_faults() -> list[Spec]:
    sandbox: Cells = {"customer_id": "cus_sandbox", "is_test": True}
    gizmo: Cells = {"product_id": "gizmo", "product_kind": "gizmo"}
    dynamic: Cells = {"price_id": "price_fault_1", "model": "dynamic"}
    package: Cells = {"price_id": "price_fault_2", "model": "package"}
    return [
        ("customers", "id_missing", "NULL_KEY", {"customer_id": None}),
        ("customers", "sandbox", "TEST_MODE", sandbox),
        ("products", "unknown_kind", "UNKNOWN_ENUM", gizmo),
        ("prices", "unknown_model", "UNKNOWN_ENUM", dynamic),
        ("prices", "package_without_size", "NO_PACKAGE_SIZE", package),
        ("fx_rates", "unknown_currency", "BAD_CURRENCY", {"to_currency": "XXQ"}),
    ]


def _agreement_faults(at: datetime) -> list[Spec]:
    orphan: Cells = {"contract_id": "ctr_fault_1", "customer_id": "cus_unknown"}
    currency: Cells = {"contract_id": "ctr_fault_2", "currency": "XXQ"}
    window: Cells = {
        "contract_id": "ctr_fault_3",
        "effective_from": at,
        "effective_to": at - HOUR,
    }
    kind: Cells = {"line_id": "line_fault_1", "line_kind": "subscription"}
    line: Cells = {"line_id": "line_fault_2", "contract_id": "ctr_unknown"}
    event: Cells = {"contract_event_id": "event_fault_1", "contract_id": "ctr_unknown"}
    delivery: Cells = {"delivery_id": "delivery_fault_1", "line_id": "line_unknown"}
    return [
        ("contracts", "unknown_customer", "ORPHAN", orphan),
        ("contracts", "unknown_currency", "BAD_CURRENCY", currency),
        ("contracts", "ends_before_it_starts", "BAD_WINDOW", window),
        ("contract_lines", "unknown_kind", "UNKNOWN_ENUM", kind),
        ("contract_lines", "unknown_contract", "ORPHAN", line),
        ("contract_events", "sent_twice", "DUPLICATE", {}),
        ("contract_events", "unknown_contract", "ORPHAN", event),
        ("deliveries", "unknown_line", "ORPHAN", delivery),
    ]


def _document_faults(document: Row) -> list[Spec]:
    total = cast(Decimal, document["total_amount"])
    net = cast(Decimal, document["net_amount"])
    part = Decimal("0.0005")
    too_high: Cells = {"document_id": "inv_fault_1", "total_amount": total + 1}
    too_fine: Cells = {
        "document_id": "inv_fault_2",
        "net_amount": net + part,
        "total_amount": total + part,
    }
    orphan: Cells = {"document_line_id": "inv_unknown-1", "document_id": "inv_unknown"}
    return [
        ("billing_documents", "total_too_high", "DOES_NOT_FOOT", too_high),
        ("billing_documents", "too_fine", "NOT_WHOLE_MINOR_UNITS", too_fine),
        ("billing_document_lines", "unknown_document", "ORPHAN", orphan),
    ]


def _cash_faults(cash: Row) -> list[Spec]:
    amount = cast(Decimal, cash["amount"])
    tomorrow = cast(datetime, cash["recorded_at"]) + 365 * 24 * HOUR
    currency: Cells = {"cash_event_id": "cash_fault_1", "currency": "XXQ"}
    orphan: Cells = {"cash_event_id": "cash_fault_2", "customer_id": "cus_unknown"}
    future: Cells = {"cash_event_id": "cash_fault_3", "occurred_at": tomorrow}
    return [
        ("cash_events", "sent_twice", "DUPLICATE", {}),
        ("cash_events", "sent_with_other_amount", "CONFLICT", {"amount": amount + 1}),
        ("cash_events", "unknown_currency", "BAD_CURRENCY", currency),
        ("cash_events", "unknown_customer", "ORPHAN", orphan),
        ("cash_events", "recorded_before_it_moved", "FUTURE", future),
    ]
