"""Rows that are bad only beside others: each with the nearest ones that stand.

Everything belongs to a contract of next year, so that none of it earns anything.
"""

from __future__ import annotations

from built_books import Row, Rows
from row_parts import (
    COMMON,
    CONTRACT,
    FEE_LINE,
    INVOICE,
    INVOICE_LINE,
    PAYMENT,
    PERIOD,
    PRICE,
    Bad,
)

NEXT_YEAR: Row = {"service_start": "2027-01-01", "service_end": "2028-01-01"}
LINE: Row = {**FEE_LINE, **NEXT_YEAR, "contract_id": "k9", "fixed_amount": "0"}
GRANT: Row = {
    **COMMON, "customer_id": "c9", "contract_id": "k9", "grant_kind": "promotional",
    "units_granted": "10", "unit_code": "CREDIT", "consideration_amount": "0",
    "consideration_currency": "USD", "granted_at": "2025-12-20",
    "effective_at": "2025-12-20", "expires_at": "2026-01-15T00:00:00Z",
}  # fmt: skip
ELECTION: Row = {
    **COMMON, "book": "*", "topic": "fx_rate", "choice": "daily",
    "scope_type": "contract", "scope_id": "k9", "effective_from": "2026-01-01",
    "approved_by": "cfo", "approved_at": "2025-12-20", "source_ref": "memo",
}  # fmt: skip
ESTIMATE: Row = {
    **COMMON, "recorded_at": "2026-02-01T00:00:00Z", "kind": "variable_consideration",
    "book": "*", "scope_type": "line", "scope_id": "l-parent",
    "method": "expected_value", "scenario_no": 1, "value": "10", "currency": "USD",
    "value_unit": "amount", "as_of_date": "2026-02-05", "prepared_by": "ann",
    "source_ref": "sheet",
}  # fmt: skip
REVIEW: Row = {
    **COMMON, "recorded_at": "2026-02-12", "decision": "approved", "reviewer": "bob",
    "reviewer_role": "controller", "reviewed_at": "2026-02-12",
}  # fmt: skip
ADJUSTMENT: Row = {
    **COMMON, "recorded_at": "2026-02-10T00:00:00Z", "entity_id": "e1", "book": "*",
    "period_id": "2026-02", "contract_id": "k9", "debit_posting_role": "cash",
    "credit_posting_role": "rounding", "currency": "USD", "amount": "1.00",
    "reason": "test", "prepared_by": "ann", "source_ref": "memo",
}  # fmt: skip
# What a line of each kind needs.
NEEDS: dict[str, Row] = {
    "usage": {"price_id": "p1", "meter_id": "calls"},
    "overage": {"price_id": "p1", "parent_line_id": "l-parent"},
    "outcome": {"price_id": "p1"},
    "minimum_commitment": {"fixed_amount": "0"},
    "credit_pack": {"fixed_amount": "0", "quantity": "1"},
    "included_credits": {"quantity": "1", "parent_line_id": "l-parent"},
    "milestone": {"fixed_amount": "0"},
    "option": {"product_id": "plan"},
    "payable_to_customer": {"fixed_amount": "0"},
    "discount": {"discount_rate": "1"},
}


def beside_rows() -> list[Bad]:
    return [
        *_parties(), *_catalogue(), *_lines(), *_events(), *_outcomes(), *_credits(),
        *_documents(), *_cash(), *_deliveries(), *_periods(), *_judgement(), *_ledger(),
    ]  # fmt: skip


def standing_rows() -> Rows:
    """The neighbours that stand: the first of two, the one on the boundary ..."""
    rows: Rows = {}
    for part in (
        _good_agreements(), _good_catalogue(), _good_activity(), _good_money(),
        _good_close(),
    ):  # fmt: skip
        for table, given in part.items():
            rows.setdefault(table, []).extend(given)
    return rows


# --- parties and catalogue -------------------------------------------------------


def _parties() -> list[Bad]:
    def customer(name: str, state: str, reason: str, **other: object) -> Bad:
        row = {**COMMON, "recorded_at": "2025-12-21", "customer_id": name, **other}
        return Bad("customers", row, name, state, reason)

    return [
        customer("y2", "rejected", "CYCLE", parent_customer_id="y1"),
        customer("y3", "rejected", "CYCLE", parent_customer_id="y3"),
        customer("y6", "rejected", "CYCLE", merged_into_customer_id="y4"),
        customer("y9", "held", "ORPHAN", parent_customer_id="nobody"),
        customer("y10", "held", "ORPHAN", merged_into_customer_id="nobody"),
    ]


def _ssp(name: str, recorded: str = "2025-12-20", **other: object) -> Row:
    return {
        **COMMON, "recorded_at": recorded, "ssp_id": name, "product_id": "api",
        "currency": "USD", "rate_amount": "2", "rate_per_quantity": "1",
        "method": "observable", "source_ref": "study", **other,
    }  # fmt: skip


def _tier(name: str, number: int, start: str, end: str | None, **other: object) -> Row:
    return {
        **PRICE, "price_id": name, "model": "graduated", "tier_no": number,
        "tier_from": start, "tier_to": end, **other,
    }  # fmt: skip


def _catalogue() -> list[Bad]:
    def tier(reason: str, row: Row) -> Bad:
        key = f"{row['price_id']}|{row['tier_no']}"
        return Bad("prices", row, key, "rejected", reason)

    def ssp(reason: str, row: Row) -> Bad:
        key = "|".join(str(row[c]) for c in ("ssp_id", "valid_from") if c in row)
        if "valid_from" in row:
            key += " 00:00:00"
        return Bad("standalone_selling_prices", row, key, "rejected", reason)

    meter = {**COMMON, "product_id": "api", "aggregation": "sum", "unit_code": "T"}
    later = {"recorded_at": "2025-12-21"}
    gap, differ = "TIERS_DO_NOT_TILE", "TIERS_DIFFER"
    return [
        Bad("products", {**COMMON, "product_id": "y1", "name": "P", "product_kind":
            "bundle", "component_product_ids": "api|none"}, "y1", "held", "ORPHAN"),
        Bad("meters", {**meter, **later, "meter_id": "y2", "contains_meter_id": "y1"},
            "y2", "rejected", "CYCLE"),
        Bad("meters", {**meter, "meter_id": "y3", "contains_meter_id": "none"},
            "y3", "held", "ORPHAN"),
        ssp("POINT_OUTSIDE_RANGE", _ssp("s10", range_low="2.01", range_high="3")),
        ssp("POINT_OUTSIDE_RANGE", _ssp("s11", range_high="1.99")),
        ssp("OUT_OF_RANGE", _ssp("s12", rate_per_quantity="0")),
        ssp("MISSING_FIELD_OF_KIND", _ssp("s13", scope_type="customer")),
        ssp("OVERLAPPING_WINDOW", _ssp("s2", "2025-12-21", valid_from="2026-06-30")),
        tier(gap, _tier("t1", 1, "0", "10")), tier(gap, _tier("t1", 2, "12", None)),
        tier(gap, _tier("t2", 1, "0", "10")), tier(gap, _tier("t2", 2, "5", None)),
        tier(gap, _tier("t3", 1, "0", "10")),
        tier(gap, _tier("t4", 1, "5", None)),
        tier(gap, _tier("t7", 1, "0", None)), tier(gap, _tier("t7", 2, "10", None)),
        # a changed tier without the others does not replace the set
        tier(gap, _tier("t5", 2, "10", None, recorded_at="2025-12-21")),
        tier(differ, _tier("t6", 1, "0", "10")),
        tier(differ, _tier("t6", 2, "10", None, unit_code="EUR")),
        tier("NO_PACKAGE_SIZE", _tier("t8", 1, "0", None, model="package",
             package_size="0")),
        tier("MISSING_FIELD_OF_KIND", _tier("t9", 1, "0", None, model="flat",
             rate_amount=None)),
        tier("MISSING_FIELD_OF_KIND", _tier("t10", 1, "0", None,
             model="threshold_total")),
        tier("OUT_OF_RANGE", _tier("t11", 1, "0", None, minimum_amount="2",
             maximum_amount="1")),
    ]  # fmt: skip


def _good_catalogue() -> Rows:
    meter = {**COMMON, "product_id": "api", "aggregation": "sum", "unit_code": "T"}
    return {
        "customers": [
            {**COMMON, "customer_id": "y1", "parent_customer_id": "y2"},
            {**COMMON, "customer_id": "y2"},
            {**COMMON, "customer_id": "y4", "merged_into_customer_id": "y5"},
            {**COMMON, "customer_id": "y5", "merged_into_customer_id": "y6"},
            {**COMMON, "customer_id": "y6"},
            # says the same link again, after another row closed the circle
            {**COMMON, "recorded_at": "2025-12-22", "customer_id": "y1",
             "name": "Y", "parent_customer_id": "y2"},
            {**COMMON, "customer_id": "c9"},
            {**COMMON, "customer_id": "c10"},
            {**COMMON, "customer_id": "c9-old", "merged_into_customer_id": "c9"},
        ],
        "products": [
            {**COMMON, "product_id": "y2", "name": "P", "product_kind": "bundle",
             "component_product_ids": "api|plan"},
            {**COMMON, "product_id": "answers", "name": "A", "product_kind": "outcome"},
            {**COMMON, "product_id": "box", "name": "B", "product_kind": "good"},
        ],
        "meters": [
            {**meter, "meter_id": "y1", "contains_meter_id": "y2"},
            {**meter, "meter_id": "y2"},
        ],
        "standalone_selling_prices": [
            _ssp("s1", valid_from="2026-01-01", valid_to="2026-07-01"),
            # begins where the first ends; what overlapped it was refused
            _ssp("s3", "2025-12-22", valid_from="2026-07-01"),
            _ssp("s4", "2025-12-22", currency="EUR"),
            _ssp("s5", "2025-12-22", quantity_from="1000"),
            _ssp("s6", currency="GBP", range_low="2", range_high="2"),
        ],
        "prices": [
            _tier("t5", 1, "0", "10"), _tier("t5", 2, "10", None),
            _tier("t12", 1, "0", None, model="package", package_size="1"),
        ],
    }  # fmt: skip


# --- agreements ------------------------------------------------------------------


def _lines() -> list[Bad]:
    found = []
    for kind, needed in NEEDS.items():
        for column in needed:
            name = f"y-{kind}-{column}"
            row = {**_line(kind, name), column: None}
            reason = "MISSING_FIELD_OF_KIND"
            found.append(Bad("contract_lines", row, name, "rejected", reason))
    wrong: dict[str, tuple[str, str, Row]] = {
        "y1": ("rejected", "CYCLE", {"parent_line_id": "y1"}),
        "y2": ("held", "ORPHAN", {"parent_line_id": "none"}),
        "y3": ("rejected", "NEGATIVE_QUANTITY", {"quantity": "-1"}),
        "y4": ("rejected", "OUT_OF_RANGE", {"rollover_fraction": "1.01"}),
        "y5": ("rejected", "OUT_OF_RANGE", {"third_party_share": "-0.01"}),
    }
    for name, (state, reason, other) in wrong.items():
        row = {**LINE, "line_id": name, **other}
        found.append(Bad("contract_lines", row, name, state, reason))
    return found


def _line(kind: str, name: str) -> Row:
    product = None if kind == "discount" else "plan"
    return {
        **LINE, "line_id": name, "line_kind": kind, "product_id": product,
        "fixed_amount": None, **NEEDS[kind],
    }  # fmt: skip


def _contract_event(name: str, kind: str, day: int, **other: object) -> Row:
    return {
        **COMMON, "recorded_at": f"2026-01-{day:02d}", "contract_event_id": name,
        "contract_id": "k9", "event_kind": kind, "effective_at": "2027-06-01",
        "approved_at": "2026-01-10", "source_ref": "amendment", **other,
    }  # fmt: skip


def _events() -> list[Bad]:
    table = "contract_events"
    return [
        Bad(table, _contract_event("ev1", "modified", 10), "ev1",
            "held", "MODIFICATION_WITHOUT_TERMS"),
        Bad(table, _contract_event("ev5", "terminated", 13), "ev5",
            "rejected", "TERMINATED_TWICE"),
    ]  # fmt: skip


def _good_agreements() -> Rows:
    return {
        "contracts": [
            {**CONTRACT, "contract_id": "k9", "customer_id": "c9", "effective_from":
             "2027-01-01", "effective_to": "2028-01-01"},
            {**CONTRACT, "contract_id": "k10", "customer_id": "c10", "effective_from":
             "2027-01-01", "effective_to": "2028-01-01"},
        ],
        "contract_lines": [
            {**LINE, "line_id": "l-parent"},
            *(_line(kind, f"l-{kind}") for kind in NEEDS if kind != "outcome"),
            {**_line("outcome", "l-outcome"), "product_id": "answers",
             "outcome_window_hours": 48, "outcome_cap_per_subject": 1},
            {**LINE, "line_id": "l-box", "product_id": "box", "quantity": "10"},
            {**LINE, "line_id": "l-box-2", "product_id": "box", "quantity": "10"},
            {**LINE, "recorded_at": "2026-01-10", "line_id": "l-parent",
             "modified_by_event_id": "ev2"},
        ],
        "contract_events": [
            _contract_event("ev2", "modified", 10),
            _contract_event("ev3", "modified", 10, approved_at=None),
            # withdrawn before the next, and only asked for
            _contract_event("ev6", "terminated", 8),
            _contract_event("ev6", "terminated", 9, is_retracted=True),
            _contract_event("ev7", "terminated", 9, approved_at=None),
            _contract_event("ev4", "terminated", 12, approved_at="2026-01-12"),
        ],
    }  # fmt: skip


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


# --- close -----------------------------------------------------------------------


def _period(entity: str, month: str, state: str, day: str, **other: object) -> Row:
    year, number = (int(part) for part in month.split("-"))
    ends = f"{year + number // 12}-{number % 12 + 1:02d}-01"
    return {
        **PERIOD, "recorded_at": day, "entity_id": entity, "period_id": month,
        "period_start": f"{month}-01", "period_end": ends, "state": state,
        "knowledge_cutoff_at": day if state == "closed" else None, **other,
    }  # fmt: skip


def _periods() -> list[Bad]:
    def bad(row: Row, state: str, reason: str) -> Bad:
        key = "|".join(str(row[c]) for c in ("entity_id", "book", "period_id"))
        return Bad("accounting_periods", row, key, state, reason)

    return [
        bad(_period("e2", "2025-12", "closed", "2026-01-06", book="ifrs15"),
            "rejected", "CUTOFF_DIFFERS"),
        bad(_period("e3", "2025-12", "closed", "2026-01-05"),
            "rejected", "CLOSED_OUT_OF_ORDER"),
        bad(_period("e6", "2025-12", "closed", "2026-01-07",
            knowledge_cutoff_at="2026-01-05"), "rejected", "CLOSED_OUT_OF_ORDER"),
        bad(_period("e4", "2026-01", "open", "2025-12-20"), "held", "PERIOD_GAP"),
        bad(_period("e4", "2026-02", "open", "2025-12-20"), "held", "PERIOD_GAP"),
        bad(_period("e1", "2026-01", "reopened", "2026-02-10"),
            "held", "NOT_REVIEWED"),
    ]  # fmt: skip


def _election(name: str, **other: object) -> Row:
    return {**ELECTION, "election_id": name, **other}


def _estimate(name: str, **other: object) -> Row:
    return {**ESTIMATE, "estimate_id": name, **other}


def _review(name: str, table: str, subject: str, day: str, **other: object) -> Row:
    return {
        **REVIEW, "review_id": name, "subject_table": table, "subject_id": subject,
        "subject_recorded_at": day, **other,
    }  # fmt: skip


def _judgement() -> list[Bad]:
    def election(row: Row, state: str, reason: str) -> Bad:
        key = str(row["election_id"])
        return Bad("policy_elections", row, key, state, reason)

    def estimate(row: Row, reason: str) -> Bad:
        key = f"{row['estimate_id']}|{row['scenario_no']}"
        return Bad("estimates", row, key, "rejected", reason)

    def review(row: Row, state: str, reason: str) -> Bad:
        return Bad("reviews", row, str(row["review_id"]), state, reason)

    sums, above = "PROBABILITIES_DO_NOT_SUM", "CONSTRAINED_ABOVE_ESTIMATE"
    late = {"recorded_at": "2026-02-10", "effective_from": "2026-01-10"}
    rate = {"value_unit": "rate", "currency": None, "kind": "reversal_rate"}
    day = "2026-02-01"
    return [
        election(_election("y2", recorded_at="2025-12-21", effective_from="2026-03-01"),
                 "rejected", "OVERLAPPING_WINDOW"),
        election(_election("y3", topic="rounding", recorded_at="2025-12-21",
                 choice="half_away", book="asc606"), "rejected", "OVERLAPPING_WINDOW"),
        election(_election("y4", topic="sales_tax", choice="exclude", **late),
                 "held", "NOT_REVIEWED"),
        election(_election("y5", scope_id=None), "rejected", "MISSING_FIELD_OF_KIND"),
        estimate(_estimate("y1", probability="0.5"), sums),
        estimate(_estimate("y1", probability="0.4", scenario_no=2), sums),
        estimate(_estimate("y2", probability="1.5"), "OUT_OF_RANGE"),
        estimate(_estimate("y3", as_of_date="2026-02-06"), "ESTIMATED_AFTER_CUTOFF"),
        estimate(_estimate("y4", constrained_value="10.01"), above),
        estimate(_estimate("y5", **rate, value="0.05", constrained_value="0.04"),
                 above),
        estimate(_estimate("y6", currency=None), "MISSING_FIELD_OF_KIND"),
        estimate(_estimate("y7", **rate, value="1.01"), "OUT_OF_RANGE"),
        review(_review("y1", "estimates", "es1", day, reviewer="Ann"),
               "rejected", "SELF_REVIEW"),
        review(_review("y2", "estimates", "es1", "2026-02-02"), "held", "ORPHAN"),
        review(_review("y3", "things", "es1", day), "rejected", "UNKNOWN_ENUM"),
    ]  # fmt: skip


def _account(code: str, role: str, recorded: str, **other: object) -> Row:
    return {
        **COMMON, "recorded_at": recorded, "entity_id": "e9", "account_code": code,
        "account_name": code, "account_type": "asset", "posting_role": role, **other,
    }  # fmt: skip


def _adjustment(name: str, **other: object) -> Row:
    return {**ADJUSTMENT, "adjustment_id": name, **other}


def _ledger() -> list[Bad]:
    def adjustment(row: Row, state: str, reason: str) -> Bad:
        key = str(row["adjustment_id"])
        return Bad("manual_adjustments", row, key, state, reason)

    balance = {
        **COMMON, "entity_id": "e1", "book": "*", "period_id": "2026-01",
        "currency": "USD", "account_code": "y1", "debit_amount": "-1.00",
        "credit_amount": "0.00",
    }  # fmt: skip
    return [
        Bad("gl_accounts", _account("y1", "cash", "2025-12-21"), "e9|y1|cash",
            "rejected", "TWO_ACCOUNTS"),
        Bad("gl_accounts", _account("y2", "contract_asset", "2025-12-20",
            product_id="api"), "e9|y2|contract_asset|api",
            "held", "NO_DEFAULT_ACCOUNT"),
        Bad("gl_balances", balance, "e1|*|2026-01|y1|USD",
            "rejected", "NEGATIVE_QUANTITY"),
        Bad("gl_balances", {**balance, "account_code": "y2", "debit_amount": "0.001"},
            "e1|*|2026-01|y2|USD", "rejected", "NOT_WHOLE_MINOR_UNITS"),
        adjustment(_adjustment("y1"), "held", "NOT_REVIEWED"),
        adjustment(_adjustment("y2", credit_posting_role="cash"),
                   "rejected", "SAME_ACCOUNT"),
        adjustment(_adjustment("y3", period_id="2026-01"), "rejected", "PERIOD_CLOSED"),
    ]  # fmt: skip


def _good_close() -> Rows:
    half = {"probability": "0.5"}
    return {
        "accounting_periods": [
            _period("e2", "2025-12", "closed", "2026-01-05", book="asc606"),
            _period("e3", "2025-11", "open", "2025-12-01"),
            _period("e3", "2025-12", "open", "2025-12-01"),
            _period("e4", "2025-11", "open", "2025-12-20"),
            _period("e6", "2025-11", "closed", "2026-01-06"),
            _period("e5", "2025-12", "closed", "2026-01-05"),
            _period("e5", "2025-12", "reopened", "2026-02-10"),
        ],
        "policy_elections": [
            _election("el1"),
            _election("el2", topic="rounding", choice="half_away"),
            _election("el3", topic="sales_tax", choice="exclude", book="asc606"),
            _election("el4", topic="sales_tax", choice="exclude", book="ifrs15"),
            _election("el5", topic="ratable_convention", choice="day",
                      recorded_at="2026-02-10", effective_from="2026-01-10"),
            _election("el6", topic="financing", choice="none", transition="prospective",
                      recorded_at="2026-02-10", effective_from="2026-01-10"),
            _election("el7", topic="overdraft", choice="refuse", scope_type="grant",
                      scope_id="g3"),
        ],
        "estimates": [
            _estimate("es1", **half, constrained_value="10"),
            _estimate("es1", **half, scenario_no=2),
            _estimate("es2", kind="reversal_rate", value_unit="rate", currency=None,
                      value="0.05", constrained_value="0.05"),
        ],
        "reviews": [
            _review("r1", "accounting_periods", "e5|*|2025-12", "2026-02-10"),
            _review("r2", "policy_elections", "el5", "2026-02-10"),
            _review("r3", "manual_adjustments", "ma1", "2026-02-10"),
            _review("r4", "estimates", "es1", "2026-02-01"),
            _review("r5", "fct_exceptions", "anything", "2026-02-01"),
        ],
        "gl_accounts": [
            _account("a1", "cash", "2025-12-20"),
            # the account changes on a day
            _account("a1", "cash", "2025-12-22", valid_from="2026-06-01", active=False),
            _account("a2", "cash", "2025-12-23", valid_from="2026-06-01"),
            _account("a3", "receivable", "2025-12-20"),
            _account("a4", "receivable", "2025-12-20", product_id="api"),
        ],
        "manual_adjustments": [_adjustment("ma1")],
    }  # fmt: skip
