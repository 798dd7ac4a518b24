"""A bad row never stops the build, never disappears, and moves no other row."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from bad_money import waiting
from bad_rows import CALLS, DOUBLES, FEE, bad_rows
from built_books import Books
from row_parts import Bad

BAD = bad_rows()


@pytest.fixture(scope="module")
def found(published: Books) -> Counter[tuple[str, str, str, str]]:
    return Counter(
        published.query(
            "select table_name, row_key, state, reason_code"
            " from marts.fct_rejected_rows"
        )
    )


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.table}-{bad.key}")
def test_each_bad_row_has_one_outcome(
    found: Counter[tuple[str, str, str, str]], bad: Bad
) -> None:
    of_row = {
        (state, reason): count
        for (table, key, state, reason), count in found.items()
        if (table, key) == (bad.table, bad.key)
    }
    assert of_row == {(bad.state, bad.reason): 1}


@pytest.mark.parametrize("currency", DOUBLES)
def test_a_double_is_read_where_it_is_exact_enough(
    found: Counter[tuple[str, str, str, str]], currency: str
) -> None:
    reasons = {
        reason for (table, key, _, reason) in found
        if table == "fx_rates" and key.startswith(f"{currency}|")
    }  # fmt: skip
    expected = DOUBLES[currency][1]
    assert reasons == ({expected} if expected else set())


def test_a_rate_of_a_closed_month_is_not_restated_without_a_review(
    found: Counter[tuple[str, str, str, str]],
) -> None:
    refused = {row: n for row, n in found.items() if row[1].startswith("GBP|")}
    key = "GBP|USD|spot|2026-01-10"
    assert refused == {("fx_rates", key, "held", "NOT_REVIEWED"): 1}


def test_nothing_else_is_refused(found: Counter[tuple[str, str, str, str]]) -> None:
    expected = Counter((b.table, b.key, b.state, b.reason) for b in BAD)
    expected += Counter(waiting())
    refused = Counter({row: n for row, n in found.items() if row[0] != "fx_rates"})
    assert refused == expected


def test_every_row_is_accounted_for(published: Books) -> None:
    violations = published.query(
        "select control_code from marts.fct_control_results where violation_count > 0"
        " and (control_code like '%conserved%' or severity = 'block')"
    )
    assert violations == []


def test_the_good_rows_post_the_right_revenue(published: Books) -> None:
    posted = published.query(
        "select contract_id, product_id, sum(amount) from marts.fct_revenue_recognised"
        " where book = 'asc606' group by all having sum(amount) <> 0 order by all"
    )
    # two and two more at 2.00 a call, and the billionth of a call
    assert posted == [
        ("k1", "api", CALLS), ("k1", "plan", FEE), ("k3", "api", Decimal(6)),
    ]  # fmt: skip


def test_only_good_documents_and_cash_are_posted(published: Books) -> None:
    posted = published.query(
        "select event_type, currency, sum(debit_amount) from marts.fct_journal_lines"
        " where book = 'asc606' and event_type in ('billing', 'cash_on_receivable')"
        " group by all order by all"
    )
    assert posted == [
        ("billing", "USD", FEE), ("cash_on_receivable", "USD", FEE),
    ]  # fmt: skip


def test_use_priced_in_another_currency_earns_nothing_and_is_shown(
    published: Books,
) -> None:
    reasons = published.query(
        "select distinct not_rated_reason from marts.fct_usage_rates"
        " where line_id = 'l-euro'"
    )
    assert reasons == [("BAD_CURRENCY",)]
    shown = published.query(
        "select count(*) from marts.fct_exceptions"
        " where exception_code = 'chk_usage_is_rated' and status = 'open'"
    )
    assert shown == [(1,)]


def test_the_reason_says_what_to_do_and_where_the_row_is(published: Books) -> None:
    rows = published.query(
        "select reason, input_file, input_row_number, row_content"
        " from marts.fct_rejected_rows where row_key = 'number-NaN|calls'"
    )
    ((reason, file, number, content),) = rows
    assert "not of the declared type" in reason
    assert file == "usage_events/a-bad.jsonl"
    expected = [b.key for b in BAD if b.table == "usage_events"]
    assert number == expected.index("number-NaN|calls") + 1
    assert "quantity=NaN" in content


def test_what_is_read_is_said_of_a_file(published: Books) -> None:
    """An empty optional file, a byte order mark, an unknown column: all go on."""
    files = published.query(
        "select path, row_count, unknown_columns from state.input_files"
        " where path in ('opening_balances.csv', 'customers/b-windows.csv') order by 1"
    )
    assert files == [
        ("customers/b-windows.csv", 1, "favourite_colour"),
        ("opening_balances.csv", 0, None),
    ]  # fmt: skip
    named = "select name from marts.dim_customers where customer_id = 'c4'"
    assert published.query(named) == [("Zo\u00eb, \u6771\u4eac",)]
    subjects = published.query(
        "select subject from marts.fct_exceptions"
        " where exception_code = 'UNKNOWN_COLUMN'"
    )
    assert subjects == [("customers/b-windows.csv",)]
