"""Rows of activity, credits, documents and cash that are bad only beside others."""

from __future__ import annotations

from bad_parts import (
    GRANT,
)  # fmt: skip
from built_books import Row, Rows
from row_parts import (
    COMMON,
    INVOICE,
    INVOICE_LINE,
    PAYMENT,
    Bad,
)


def bad() -> list[Bad]:
    return [*_outcomes(), *_credits(), *_documents(), *_cash(), *_deliveries()]


def standing() -> list[Rows]:
    return [_good_activity(), _good_money()]


def waiting() -> list[tuple[str, str, str, str]]:
    """Outcomes that are as they should be, for a line that begins next year."""
    return [
        ("outcome_events", str(row["outcome_event_id"]), "held", "NO_CONTRACT")
        for row in _good_activity()["outcome_events"]
    ]


# --- outcomes and deliveries -----------------------------------------------------


def _outcome(
    name: str, outcome: str, state: str, day: int, subject: str = "", **other: object
) -> Row:
    return {
        **COMMON, "recorded_at": f"2026-01-{day:02d}T01:00:00Z",
        "outcome_event_id": name, "outcome_id": outcome, "state": state,
        "customer_id": "c9", "product_id": "answers",
        "subject_ref": subject or f"about {outcome}", "quantity": "1",
        "occurred_at": f"2026-01-{day:02d}T00:00:00Z", "source_ref": "ticket", **other,
    }  # fmt: skip


def _outcomes() -> list[Bad]:
    def bad(row: Row, state: str, reason: str) -> Bad:
        return Bad("outcome_events", row, str(row["outcome_event_id"]), state, reason)

    held = ("held", "ILLEGAL_TRANSITION")
    return [
        bad(_outcome("o1-1", "o1", "confirmed", 10), *held),
        bad(_outcome("o2-2", "o2", "failed", 11), *held),
        bad(_outcome("o3-2", "o3", "provisional", 11), *held),
        bad(_outcome("o4-2", "o4", "confirmed", 11), "rejected", "CONFIRMED_EARLY"),
        bad(_outcome("o10-2", "o10", "confirmed", 15, reason="ok"),
            "rejected", "CONFIRMED_EARLY"),
        bad(_outcome("o8-1", "o8", "provisional", 11, "s7"), "rejected", "OVER_CAP"),
        bad(_outcome("o8-2", "o8", "disputed", 12, "s7"), "rejected", "OVER_CAP"),
        bad(_outcome("o29-1", "o29", "provisional", 12,
                     window_ends_at="2026-01-11T23:59:59Z"), "rejected", "BAD_WINDOW"),
    ]  # fmt: skip


def _delivery(name: str, line: str, value: str | None, **other: object) -> Row:
    return {
        **COMMON, "recorded_at": f"2026-01-{10 + int(name[-1]):02d}T12:00:00Z",
        "delivery_id": name, "contract_id": "k9", "line_id": line, "kind": "delivered",
        "measure": "units" if value else None, "measure_value": value,
        "occurred_at": "2026-01-10T00:00:00Z", "source_ref": "note", **other,
    }  # fmt: skip


def _deliveries() -> list[Bad]:
    over = ("rejected", "OVER_DELIVERED")
    return [
        Bad("deliveries", _delivery("y2", "l-box", "5"), "y2", *over),
        Bad("deliveries", _delivery("z2", "l-parent", "41", measure="percent"),
            "z2", *over),
        Bad("deliveries", _delivery("w1", "l-box-2", None, kind="accepted"),
            "w1", "held", "NOT_DELIVERED"),
        Bad("deliveries", _delivery("w2", "l-box-2", "1", measure=None),
            "w2", "rejected", "MISSING_FIELD_OF_KIND"),
    ]  # fmt: skip


def _good_activity() -> Rows:
    return {
        "outcome_events": [
            _outcome("o2-1", "o2", "provisional", 10),
            # not stopped by the step between that was not allowed
            _outcome("o2-3", "o2", "reversed", 12),
            _outcome("o3-1", "o3", "provisional", 10),
            _outcome("o4-1", "o4", "provisional", 10),
            _outcome("o5-1", "o5", "provisional", 10),
            _outcome("o5-2", "o5", "confirmed", 11, reason="accepted"),
            _outcome("o6-1", "o6", "provisional", 10),
            _outcome("o6-2", "o6", "confirmed", 12),
            # reported in the wrong order
            _outcome("o9-2", "o9", "reversed", 12),
            _outcome("o9-1", "o9", "provisional", 11,
                     recorded_at="2026-01-14T00:00:00Z"),
            _outcome("o10-1", "o10", "provisional", 14,
                     window_ends_at="2026-01-15T00:00:01Z"),
            _outcome("o7-1", "o7", "provisional", 10, "s7"),
            _outcome("o7-2", "o7", "reversed", 13, "s7"),
            _outcome("o11-1", "o11", "provisional", 14, "s7"),
        ],
        "deliveries": [
            _delivery("y1", "l-box", "6"),
            # what was refused before does not count
            _delivery("y3", "l-box", "4"),
            _delivery("z1", "l-parent", "60", measure="percent"),
            _delivery("z3", "l-parent", "40", measure="percent"),
            _delivery("v1", "l-box", None, kind="accepted"),
        ],
    }  # fmt: skip


# --- credits, documents, cash ----------------------------------------------------


def _credit(name: str, grant: str, kind: str, units: str, **other: object) -> Row:
    day = 10 + int(name[-1])
    return {
        **COMMON, "recorded_at": f"2026-01-{day:02d}T12:00:00Z",
        "credit_event_id": name, "grant_id": grant, "kind": kind, "units": units,
        "occurred_at": f"2026-01-{day:02d}T00:00:00Z", **other,
    }  # fmt: skip


def _credits() -> list[Bad]:
    def grant(name: str, reason: str, state: str = "rejected", **other: object) -> Bad:
        row = {**GRANT, "grant_id": name, **other}
        return Bad("credit_grants", row, name, state, reason)

    def event(reason: str, row: Row) -> Bad:
        key = str(row["credit_event_id"])
        return Bad("credit_events", row, key, "rejected", reason)

    kind, missing = "CONSIDERATION_OF_KIND", "MISSING_FIELD_OF_KIND"
    return [
        grant("y1", kind, consideration_amount="0.01"),
        grant("y2", kind, grant_kind="top_up"),
        grant("y3", kind, grant_kind="commitment"),
        grant("y4", missing, grant_kind="rollover"),
        grant("y5", missing, grant_kind="bonus"),
        grant("y6", "BAD_WINDOW", expires_at="2025-12-19"),
        grant("y7", "ORPHAN", "held", grant_kind="rollover", parent_grant_id="none"),
        grant("y8", "NEGATIVE_QUANTITY", consideration_amount="-1"),
        grant("y9", "BAD_CURRENCY", consideration_currency="CREDIT"),
        event("LOT_OVERDRAWN", _credit("y2", "g1", "refund", "7")),
        event("LOT_OVERDRAWN", _credit("x1", "g3", "draw", "11")),
        event("EXPIRED_EARLY", _credit("w4", "g4", "expire", "1")),
        event("EXPIRED_EARLY", _credit("v6", "g5", "expire", "1")),
        event(missing, _credit("u1", "g1", "transfer", "1")),
        event(missing, _credit("u2", "g1", "rollover", "1")),
        event(missing, _credit("u3", "g1", "extend", "0")),
    ]


def _document(name: str, amount: str, **other: object) -> Row:
    return {
        **INVOICE, "document_id": name, "contract_id": "k9", "customer_id": "c9",
        "net_amount": amount, "total_amount": amount, **other,
    }  # fmt: skip


def _note(name: str, amount: str, day: int, **other: object) -> Row:
    row = _document(name, amount, doc_type="credit_note", applies_to_document_id="i20")
    return {**row, "recorded_at": f"2026-01-{day}", **other}


def _documents() -> list[Bad]:
    def bad(row: Row, reason: str, state: str = "rejected") -> Bad:
        key = str(row["document_id"])
        return Bad("billing_documents", row, key, state, reason)

    line = {**INVOICE_LINE, "document_id": "i21", "line_id": "l-parent"}
    twice = {**line, "line_kind": "credit_draw", "net_amount": "-10.00"}
    table = "billing_document_lines"
    return [
        bad({**INVOICE, "recorded_at": "2026-01-21", "net_amount": "32.00",
             "total_amount": "32.00"}, "ISSUED_AMOUNT_CHANGED"),
        bad(_document("y1", "1.00", customer_id="c2"), "CUSTOMER_DIFFERS"),
        bad(_note("n2", "12.00", 22), "CREDIT_EXCEEDS_ORIGINAL"),
        bad(_note("y2", "1.00", 22, applies_to_document_id="none"), "ORPHAN", "held"),
        Bad(table, {**twice, "document_line_id": "y1"}, "y1",
            "rejected", "CREDITS_STATED_TWICE"),
        Bad(table, {**line, "document_line_id": "y2", "net_amount": "41.00",
            "credits_applied_amount": "10.01"}, "y2", "rejected", "DOES_NOT_FOOT"),
        Bad(table, {**line, "document_line_id": "y3", "document_id": "i20",
            "applies_to_document_line_id": "none"}, "y3", "held", "ORPHAN"),
    ]  # fmt: skip


def _paid(name: str, kind: str, amount: str, day: int, **other: object) -> Row:
    return {
        **PAYMENT, "recorded_at": f"2026-01-{day}", "occurred_at": "2026-01-20",
        "cash_event_id": name, "kind": kind, "amount": amount, "customer_id": "c9",
        "document_id": "i20", **other,
    }  # fmt: skip


def _cash() -> list[Bad]:
    def bad(row: Row, reason: str) -> Bad:
        key = f"{row['cash_event_id']}|{row['document_id']}"
        return Bad("cash_events", row, key, "rejected", reason)

    much, unapplied = "REFUND_EXCEEDS_PAYMENTS", {"document_id": "*"}
    return [
        bad(_paid("b22", "refund", "12.00", 22), much),
        bad(_paid("b31", "refund", "0.01", 24, document_id="i22"), much),
        bad(_paid("b41", "refund", "10.01", 23, customer_id="c10", **unapplied), much),
        bad(_paid("b50", "payment", "1.00", 21, settled_amount="1.00"),
            "MISSING_FIELD_OF_KIND"),
    ]  # fmt: skip


def _good_money() -> Rows:
    unapplied = {"document_id": "*", "customer_id": "c10"}
    return {
        "credit_grants": [
            *({**GRANT, "grant_id": f"g{n}"} for n in range(1, 6)),
            {**GRANT, "grant_id": "g6", "grant_kind": "rollover",
             "parent_grant_id": "g1"},
            {**GRANT, "grant_id": "g7", "grant_kind": "bonus", "line_id": "l-parent"},
            {**GRANT, "grant_id": "g8", "expires_at": "2025-12-20"},
        ],
        "credit_events": [
            _credit("y1", "g1", "refund", "4"),
            # what was refused before does not count
            _credit("y3", "g1", "refund", "6"),
            _credit("x2", "g2", "draw", "11"),
            _credit("w5", "g4", "expire", "10"),
            _credit("v1", "g5", "extend", "0", new_expires_at="2026-01-17T00:00:00Z"),
            _credit("v7", "g5", "expire", "10"),
        ],
        "billing_documents": [
            _document("i20", "31.00"), _document("i21", "31.00"),
            _document("i22", "31.00"), _document("i23", "1.00", customer_id="c9-old"),
            _note("n1", "20.00", 21), _note("n3", "11.00", 23),
            # void, it gives nothing back
            _note("n4", "5.00", 20), _note("n4", "5.00", 20, status="void",
                recorded_at="2026-01-20T12:00:00Z", voided_at="2026-01-20"),
        ],
        "cash_events": [
            _paid("b20", "payment", "31.00", 20), _paid("b21", "refund", "20.00", 21),
            _paid("b23", "refund", "11.00", 23),
            # bounced
            _paid("b30", "payment", "31.00", 21, document_id="i22"),
            _paid("b30", "payment", "31.00", 23, document_id="i22", is_retracted=True),
            _paid("b40", "payment", "10.00", 21, **unapplied),
            _paid("b42", "refund", "10.00", 24, **unapplied),
        ],
    }  # fmt: skip
