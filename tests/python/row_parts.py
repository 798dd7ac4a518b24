"""Rows that tests copy: a contract, its lines, its bill."""

from __future__ import annotations

from dataclasses import dataclass

from built_books import Row

KNOWN = "2026-01-20T00:00:00Z"


@dataclass(frozen=True)
class Bad:
    """A row, its key as the books show it, and its state and reason."""

    table: str
    row: Row
    key: str
    state: str
    reason: str


COMMON: Row = {"source_system": "test", "recorded_at": "2025-12-20"}
PRICE: Row = {
    **COMMON, "price_id": "p1", "model": "unit", "unit_code": "USD",
    "rate_amount": "2", "rate_per_quantity": "1",
}  # fmt: skip
CONTRACT: Row = {
    **COMMON, "contract_id": "k1", "customer_id": "c1", "entity_id": "e1",
    "currency": "USD", "approval_kind": "signature", "signed_at": "2025-12-15",
    "effective_from": "2026-01-01", "effective_to": "2027-01-01", "source_ref": "pdf",
}  # fmt: skip
USAGE_LINE: Row = {
    **COMMON, "line_id": "l1", "contract_id": "k1", "line_kind": "usage",
    "product_id": "api", "price_id": "p1", "meter_id": "calls",
    "service_start": "2026-01-01", "service_end": "2027-01-01",
}  # fmt: skip
FEE_LINE: Row = {
    **COMMON, "line_id": "l2", "contract_id": "k1", "line_kind": "fixed_fee",
    "product_id": "plan", "fixed_amount": "31.00", "service_start": "2026-01-01",
    "service_end": "2026-02-01",
}  # fmt: skip
PERIOD: Row = {
    **COMMON, "recorded_at": "2026-02-05", "entity_id": "e1", "book": "*",
    "period_id": "2026-01", "period_start": "2026-01-01", "period_end": "2026-02-01",
    "state": "closed", "knowledge_cutoff_at": "2026-02-05", "changed_by": "controller",
}  # fmt: skip
INVOICE: Row = {
    **COMMON, "recorded_at": KNOWN, "document_id": "i1", "doc_type": "invoice",
    "customer_id": "c1", "contract_id": "k1", "currency": "USD", "status": "issued",
    "issued_at": "2026-01-20", "net_amount": "31.00", "tax_amount": "0.00",
    "total_amount": "31.00",
}  # fmt: skip
INVOICE_LINE: Row = {
    **COMMON, "recorded_at": KNOWN, "document_line_id": "i1-1", "document_id": "i1",
    "line_kind": "fixed_fee", "line_id": "l2", "net_amount": "31.00",
}  # fmt: skip
PAYMENT: Row = {
    **COMMON, "recorded_at": KNOWN, "cash_event_id": "b1", "document_id": "i1",
    "kind": "payment", "customer_id": "c1", "amount": "31.00", "currency": "USD",
    "occurred_at": "2026-01-20",
}  # fmt: skip


def event(event_id: str, day: int = 10, **other: object) -> Row:
    return {
        **COMMON, "recorded_at": f"2026-01-{day:02d}T12:00:00Z", "event_id": event_id,
        "meter_id": "calls", "customer_id": "c1", "quantity": "1",
        "occurred_at": f"2026-01-{day:02d}T11:00:00Z", **other,
    }  # fmt: skip
