"""A bad row never stops the build, never disappears, and moves no other row."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bad_rows import AS_OF, CALLS, FEE, Bad, bad_rows, good_rows, supporting_rows
from built_books import Books, Rows, build, write_rows

BAD = bad_rows()
# Doubles in a Parquet table, and whether they can be read as a rate.
DOUBLES = {
    "AED": (1.1, None), "AUD": (float("nan"), "BAD_TYPE"),
    "BRL": (float("inf"), "BAD_TYPE"), "CAD": (1e-12, "BAD_TYPE"),
    "CHF": (0.0, "OUT_OF_RANGE"), "CNY": (-1.0, "OUT_OF_RANGE"),
    "CZK": (1e30, "BAD_TYPE"), "DKK": (0.1, None),
}  # fmt: skip


@pytest.fixture(scope="module")
def books(dbt_target: Path, tmp_path_factory: pytest.TempPathFactory) -> Books:
    """All good and bad rows in one folder, built once."""
    folder = tmp_path_factory.mktemp("bad-rows")
    rows: Rows = {}
    for bad in BAD:
        rows.setdefault(bad.table, []).append(bad.row)
    # bad rows first: what comes first in a file must not decide
    write_rows(folder / "raw", rows, "a-bad")
    write_rows(folder / "raw", supporting_rows(), "b-supporting")
    write_rows(folder / "raw", good_rows(), "c-good")
    write_rates(folder / "raw" / "fx_rates.parquet")
    return build(folder / "raw", folder / "warehouse", dbt_target, as_of=AS_OF)


def write_rates(path: Path) -> None:
    count = len(DOUBLES)
    pq.write_table(
        pa.table({
            "from_currency": list(DOUBLES),
            "to_currency": ["USD"] * count,
            "rate_type": ["spot"] * count,
            "rate_date": ["2026-01-10"] * count,
            "rate_amount": pa.array([rate for rate, _ in DOUBLES.values()]),
            "rate_per_units": pa.array([1] * count),
            "source_ref": ["bank"] * count,
            "source_system": ["test"] * count,
            "recorded_at": ["2026-01-11"] * count,
        }),
        path,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(books: Books) -> Counter[tuple[str, str, str, str]]:
    return Counter(
        books.query(
            "select table_name, row_key, state, reason_code from marts.fct_rejected_rows"
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


def test_nothing_else_is_refused(found: Counter[tuple[str, str, str, str]]) -> None:
    expected = Counter((b.table, b.key, b.state, b.reason) for b in BAD)
    refused = Counter({row: n for row, n in found.items() if row[0] != "fx_rates"})
    assert refused == expected


def test_every_row_is_accounted_for(books: Books) -> None:
    violations = books.query(
        "select control_code from marts.fct_control_results where violation_count > 0"
        " and (control_code like '%conserved%' or severity = 'block')"
    )
    assert violations == []


def test_the_good_rows_post_the_right_revenue(books: Books) -> None:
    posted = books.query(
        "select contract_id, product_id, sum(amount) from marts.fct_revenue_recognised"
        " where book = 'asc606' group by all having sum(amount) <> 0 order by all"
    )
    # two and two more at 2.00 a call, and the billionth of a call
    assert posted == [
        ("k1", "api", CALLS), ("k1", "plan", FEE), ("k3", "api", Decimal(6)),
    ]  # fmt: skip


def test_only_good_documents_and_cash_are_posted(books: Books) -> None:
    posted = books.query(
        "select event_type, currency, sum(debit_amount) from marts.fct_journal_lines"
        " where book = 'asc606' and event_type in ('billing', 'cash_on_receivable')"
        " group by all order by all"
    )
    assert posted == [
        ("billing", "USD", FEE), ("cash_on_receivable", "USD", FEE),
    ]  # fmt: skip


def test_use_priced_in_another_currency_earns_nothing_and_is_shown(
    books: Books,
) -> None:
    reasons = books.query(
        "select distinct not_rated_reason from marts.fct_usage_rates"
        " where line_id = 'l-euro'"
    )
    assert reasons == [("BAD_CURRENCY",)]
    shown = books.query(
        "select count(*) from marts.fct_exceptions"
        " where exception_code = 'chk_usage_is_rated' and status = 'open'"
    )
    assert shown == [(1,)]


def test_the_reason_says_what_to_do_and_where_the_row_is(books: Books) -> None:
    rows = books.query(
        "select reason, input_file, input_row_number, row_content"
        " from marts.fct_rejected_rows where row_key = 'number-NaN|calls'"
    )
    ((reason, file, number, content),) = rows
    assert "not of the declared type" in reason
    assert file == "usage_events/a-bad.jsonl"
    expected = [b.key for b in BAD if b.table == "usage_events"]
    assert number == expected.index("number-NaN|calls") + 1
    assert "quantity=NaN" in content
