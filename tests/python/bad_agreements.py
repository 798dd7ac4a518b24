"""Rows of parties, catalogue and agreements that are bad only beside others."""

from __future__ import annotations

from bad_parts import (
    LINE,
    NEEDS,
)  # fmt: skip
from built_books import Row, Rows
from row_parts import (
    COMMON,
    CONTRACT,
    PRICE,
    Bad,
)


def bad() -> list[Bad]:
    return [*_parties(), *_catalogue(), *_lines(), *_events()]


def standing() -> list[Rows]:
    return [_good_agreements(), _good_catalogue()]


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
