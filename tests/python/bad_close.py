"""Rows of the close that are bad only beside others."""

from __future__ import annotations

from bad_parts import (
    ADJUSTMENT,
    ELECTION,
    ESTIMATE,
    REVIEW,
)  # fmt: skip
from built_books import Row, Rows
from row_parts import (
    COMMON,
    PERIOD,
    Bad,
)


def bad() -> list[Bad]:
    return [*_periods(), *_judgement(), *_ledger()]


def standing() -> list[Rows]:
    return [_good_close()]


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
        estimate(_estimate("y8", probability="0.5"), "CURRENCIES_DIFFER"),
        estimate(_estimate("y8", probability="0.5", scenario_no=2, currency="EUR"),
                 "CURRENCIES_DIFFER"),
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
