"""Each control that looks at finished books, broken once: green before, red after.

The books are those of the tiny company. A mart is changed behind the model's back, as a
fault between two models would, and the control's own SQL is asked again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import duckdb
import pytest

from conftest import TinyBooks

# What breaks a control: one statement each, on tables that its model reads.
BREAKS = {
    "chk_receivable_within_billed": """
        update marts.fct_contract_balances set closing_amount = closing_amount + 1000
        where balance_kind = 'receivable' and contract_id = 'k-invoice'
    """,
    "chk_cash_ties_to_events": """
        delete from marts.fct_journal_lines
        where posting_role = 'cash' and contract_id = 'k-cash' and book = 'ifrs15'
    """,
    "chk_contract_nets_to_sources": """
        update marts.fct_contract_balances set movement_amount = movement_amount + 0.01
        where contract_id = 'k-fee' and balance_kind = 'unbilled_receivable'
    """,
    "chk_ended_fees_are_earned": """
        delete from marts.fct_revenue_recognised
        where contract_id = 'k-old' and period_id = '2025-06'
    """,
    "chk_goods_follow_deliveries": "delete from marts.fct_deliveries",
    "chk_only_revenue_posts_revenue": """
        update marts.fct_journal_lines set event_type = 'billing'
        where event_type = 'revenue' and contract_id = 'k-usage'
    """,
    "chk_journal_has_no_orphans": """
        delete from marts.dim_contracts where contract_id = 'k-usage'
    """,
    "chk_ledger_ties_to_gl": """
        insert into staging.stg_gl_balances by name
        select 'tiny' as entity_id, '*' as book, '2025-06' as period_id,
            '1000' as account_code, 'USD' as currency, 5 as debit_amount,
            0 as credit_amount, 'accepted' as row_state, false as is_retracted
    """,
    "chk_reviewer_is_not_preparer": """
        insert into staging.stg_reviews by name
        select 'r1' as review_id, 'estimates' as subject_table, estimate_id as
            subject_id, recorded_at as subject_recorded_at, 'Credit ' as reviewer,
            'accepted' as row_state, false as is_retracted
        from staging.stg_estimates
    """,
    "chk_journal_balances": """
        update marts.fct_journal_lines set debit_amount = debit_amount + 0.01
        where contract_id = 'k-cash' and posting_role = 'cash'
    """,
    "chk_journal_ties_to_revenue": """
        update marts.fct_revenue_recognised set amount = amount + 0.01
        where contract_id = 'k-usage' and period_id = '2025-06'
    """,
    "chk_liability_rolls_forward": """
        update marts.fct_contract_balances set opening_amount = opening_amount + 0.01
        where contract_id = 'k-usage' and period_id = '2025-06'
    """,
    "chk_posted_is_rounded_earned": """
        update marts.fct_revenue_waterfall set amount = amount + 0.01
        where contract_id = 'k-usage' and posting_period_id = '2025-06'
    """,
    "chk_usage_is_conserved": """
        update marts.fct_usage_by_period set quantity = quantity + 1
        where contract_id = 'k-usage'
    """,
    "chk_revenue_has_contract": """
        update marts.fct_contract_gates set gate_ordinal = 999
        where contract_id = 'k-usage'
    """,
    "chk_usage_revenue_is_rated_usage": """
        update marts.fct_usage_rates set rate_whole = rate_whole * 2
        where line_id = 'usage-calls'
    """,
    "chk_books_differ_with_reason": """
        delete from marts.fct_revenue_recognised
        where book = 'asc606' and contract_id = 'k-usage'
    """,
    "chk_causes_sum_to_posted": """
        update marts.fct_revenue_recognised set current_amount = current_amount + 0.01
        where contract_id = 'k-usage'
    """,
    "chk_modifications_foot": """
        insert into marts.fct_modification_beliefs by name
        select 'asc606' as book, entity_id, contract_id, 'spoiled' as contract_event_id,
            obligation_id, start_date as segment_from_date, false as is_open_ended,
            0 as known_from_ordinal, 999999 as known_to_ordinal,
            false as ends_contract, 0 as recognised_before_amount,
            0 as catch_up_amount, 10 as price_after_amount,
            10 as remaining_after_amount
        from marts.dim_obligations
        inner join marts.dim_accounting_periods using (entity_id)
        where contract_id = 'k-fee' and period_id = '2025-07'
    """,
    "chk_credit_kinds_roll_forward": """
        insert into marts.fct_prepaid_rollforward_by_kind by name
        select 'asc606' as book, 'tiny' as entity_id, 'top_up' as grant_kind,
            '2025-06' as period_id, 1 as period_ordinal, 'CREDIT' as unit_code,
            0 as opening_units, 5 as granted_units, 0 as drawn_units,
            0 as expired_units, 0 as refunded_units, 0 as rolled_units,
            5 as closing_units,
            'USD' as currency, 0 as opening_amount, 1 as granted_amount,
            0 as drawn_amount, 0 as breakage_amount, 0 as expired_amount,
            0 as refunded_amount, 0 as blended_amount, 0 as rolled_amount,
            2 as closing_amount
    """,
    "chk_promotions_earn_nothing": """
        insert into marts.fct_credit_grants by name
        select 'free' as grant_id, 'tiny' as entity_id, 'NONE' as treatment;
        insert into marts.fct_credit_draws by name
        select 'free' as grant_id, 'draw' as taken_by, 5 as units, 1 as amount
    """,
    "chk_allocation_is_complete": """
        update marts.fct_price_allocations set amount = amount + 0.01
        where contract_id = 'k-fee'
    """,
}  # fmt: skip


@pytest.fixture(scope="module")
def con(
    tiny_books: TinyBooks, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the tiny company's books that may be spoiled."""
    copy = tmp_path_factory.mktemp("spoiled") / tiny_books.snapshot.name
    shutil.copy(tiny_books.snapshot, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@pytest.mark.parametrize("control", BREAKS)
def test_a_control_sees_what_it_is_there_for(
    con: duckdb.DuckDBPyConnection, tiny_books: TinyBooks, control: str
) -> None:
    (path,) = tiny_books.compiled.rglob(f"{control}.sql")
    sql = path.read_text(encoding="utf-8")
    assert con.execute(sql).fetchall() == []
    con.begin()
    try:
        changed = con.execute(BREAKS[control]).fetchone()
        assert changed and changed[0] > 0, "nothing was there to spoil"
        found = con.execute(sql).fetchall()
        assert found
        assert {row[0] for row in found} == {control}
    finally:
        con.rollback()
