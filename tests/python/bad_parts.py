"""What rows that are bad only beside others are made of.

Everything belongs to a contract of next year, so that none of it earns anything.
"""

from __future__ import annotations

from built_books import Row
from row_parts import (
    COMMON,
    FEE_LINE,
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
