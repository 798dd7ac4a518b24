"""Three companies, each in the tables of another source, mapped and built as one.

What they earn, bill and collect was worked out by hand beside their data (vendor_*.py).
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import vendor_meter_log
import vendor_metronome
import vendor_stripe
from built_books import Books, build, dbt_folders, write_rows
from inference_revenue.check import Checked, check, text_of
from inference_revenue.mapping.command import run_mapping

# What they earn depends on more than their mapping: a concession, a prepaid commitment.
NOT_BY_HAND = {"cus_credit", "m_commit", "cus_yen", "acc_1"}
SYNCED = datetime(2025, 3, 1, tzinfo=UTC)
# What the meter of a company that bills with Stripe holds, which no connector lands.
OWN_USAGE = {
    "usage_events": [{
        "event_id": "u1", "meter_id": "prod_tokens", "customer_id": "cus_meter",
        "quantity": 2000, "occurred_at": "2025-01-10T00:00:00Z",
        "source_system": "own", "recorded_at": "2025-01-10T00:00:00Z",
    }],
}  # fmt: skip


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The input folder that the three mappings give."""
    folder = tmp_path_factory.mktemp("mapped")
    target = folder / "raw"
    stripe = vendor_stripe.write_stripe(folder / "stripe", SYNCED)
    run_mapping("stripe_fivetran", stripe, target)
    metronome = vendor_metronome.write_metronome(
        folder / "metronome", [datetime(2025, 2, 1, tzinfo=UTC), SYNCED]
    )
    run_mapping("metronome", metronome, target)
    log = vendor_meter_log.write_meter_log(folder / "log")
    run_mapping("own_meter_log", log, target)
    return write_rows(target, OWN_USAGE, "own")


@pytest.fixture(scope="module")
def books(
    raw: Path, dbt_target: Path, tmp_path_factory: pytest.TempPathFactory
) -> Books:
    return build(raw, tmp_path_factory.mktemp("books"), dbt_target)


@pytest.fixture(scope="module")
def checked(raw: Path, dbt_target: Path) -> Checked:
    with dbt_folders(dbt_target):
        return check(raw)


def by_customer(books: Books, columns: str) -> dict[tuple[str, str], Decimal]:
    rows = books.query(
        f"select customer_id, period_id, sum({columns})"
        " from marts.fct_revenue_recognised where book = 'asc606' group by all"
    )
    return {(customer, period): amount for customer, period, amount in rows}


@pytest.mark.parametrize("company", [vendor_stripe, vendor_metronome])
def test_revenue_is_what_was_worked_out_by_hand(books: Books, company: object) -> None:
    expected: dict[tuple[str, str], Decimal] = company.REVENUE  # type: ignore[attr-defined]
    found = by_customer(books, "amount")
    assert {key: found.get(key) for key in expected} == expected


def test_nothing_is_earned_beside_it(books: Books) -> None:
    """Voided, drafted, lapsed and test-mode sales, and months after the last one."""
    expected = {**vendor_stripe.REVENUE, **vendor_metronome.REVENUE}
    found = by_customer(books, "amount")
    others = {
        key: amount for key, amount in found.items()
        if key not in expected and amount and key[0] not in NOT_BY_HAND
    }  # fmt: skip
    assert others == {}
    # the year in yen, to the last one
    yen = sum(
        amount for (customer, _), amount in found.items() if customer == "cus_yen"
    )
    assert yen == Decimal(365000)


def test_late_requests_are_caught_up(books: Books) -> None:
    for column, expected in (
        ("current_amount", vendor_meter_log.CURRENT),
        ("catch_up_amount", vendor_meter_log.CATCH_UP),
    ):
        found = by_customer(books, column)
        assert {month: found[("acc_1", month)] for month in expected} == expected


def test_documents_foot_to_the_source(books: Books) -> None:
    """In minor units, void ones included: they are reversed, not left out."""
    found = books.query(
        "select doc_type, currency, sum(net_minor), sum(tax_minor)"
        " from marts.fct_billing_lines group by all order by 1, 2"
    )
    stripe_usd = 6000 + 10452 + 5000 + 4000 + 5000 + 3100 + 2000 + 10000 + 6000
    assert found == [
        ("credit_note", "USD", -1500 - 300, 0),
        ("invoice", "JPY", 365000, 0),
        ("invoice", "KWD", 28999, 0),
        # and Metronome's own, 750.4 cents and the void one
        ("invoice", "USD", stripe_usd + 750 + 100, 495 + 862 + 1900),
    ]


def test_cash_is_what_moved(books: Books) -> None:
    found = books.query(
        "select document_id, kind, amount, currency, occurred_date,"
        " withdrawn_ordinal is not null from marts.fct_cash_events"
        " where reason_code is null order by all"
    )
    assert [(*row[:4], str(row[4]), row[5]) for row in found] == [
        ("in_credit", "payment", Decimal(60), "USD", "2025-01-01", False),
        ("in_dispute", "chargeback", Decimal(50), "USD", "2025-01-20", False),
        ("in_dispute", "chargeback_reversal", Decimal(50), "USD", "2025-03-03", False),
        ("in_dispute", "payment", Decimal(50), "USD", "2025-01-01", False),
        ("in_once", "payment", Decimal(119), "USD", "2025-01-20", False),
        ("in_seats_1", "payment", Decimal("64.95"), "USD", "2025-01-01", False),
        ("in_seats_2", "payment", Decimal("113.14"), "USD", "2025-02-01", False),
        ("in_seats_2", "refund", Decimal(7), "USD", "2025-02-22", True),
        ("in_seats_2", "refund", Decimal(10), "USD", "2025-02-20", False),
        ("in_unpaid", "write_off", Decimal(20), "USD", "2025-03-01", False),
        ("in_yen", "payment", Decimal(365000), "JPY", "2025-01-01", False),
    ]


def test_receivables_are_what_is_owed(books: Books) -> None:
    found = books.query(
        "select contract_id, period_id, closing_amount"
        " from marts.fct_contract_balances where book = 'asc606'"
        " and balance_kind = 'receivable'"
    )
    owed = {(contract, period): amount for contract, period, amount in found}
    expected = {
        ("sub_leaves", "2025-03"): 31,
        # the voided 50.00 is gone, its successor is owed
        ("sub_void", "2025-01"): 40,
        ("sub_unpaid", "2025-02"): 20,
        ("sub_unpaid", "2025-03"): 0,
        ("in_once", "2025-02"): 0,
        ("sub_dinar", "2025-02"): Decimal("28.999"),
    }
    assert {key: owed.get(key, 0) for key in expected} == expected


def test_what_is_not_accepted_is_what_should_not_be(checked: Checked) -> None:
    found = {
        (verdict.table, verdict.reason_code): 0 for verdict in checked.verdicts
        if verdict.reason_code
    }  # fmt: skip
    for verdict in checked.verdicts:
        if verdict.reason_code:
            found[verdict.table, verdict.reason_code] += verdict.rows
    assert found == {
        ("customers", "TEST_MODE"): 2,
        ("contracts", "TEST_MODE"): 2,
        ("contract_lines", "TEST_MODE"): 3,
        ("billing_documents", "TEST_MODE"): 1,
        ("billing_document_lines", "TEST_MODE"): 1,
        # a sandbox event and a staging request, two meters each
        ("usage_events", "TEST_MODE"): 4,
        # after the end of a contract, which is exclusive; two meters
        ("usage_events", "NO_CONTRACT"): 2,
        # a number of tokens that is none
        ("usage_events", "MISSING_VALUE"): 1,
    }
    assert {verdict.reason_code for verdict in checked.to_mend} == {
        "NO_CONTRACT", "MISSING_VALUE",
    }  # fmt: skip


def test_a_check_adds_up_what_it_accepts(checked: Checked) -> None:
    totals = {
        (verdict.table, verdict.total_of): verdict.total
        for verdict in checked.verdicts if verdict.state == "accepted"
    }  # fmt: skip
    # tax included
    assert totals["billing_documents", "invoice issued KWD"] == Decimal("28.999")
    assert totals["cash_events", "payment JPY"] == Decimal(365000)
    assert totals["usage_events", "bm_tokens"] == 8_000_000
    assert totals["credit_grants", "USD"] == 600 + 400 + 5 + 25 + 70


def test_a_check_says_where_and_what_to_do(checked: Checked) -> None:
    said = text_of(checked)
    assert "usage_events: 1 rejected MISSING_VALUE bm_tokens" in said
    assert "for example t8|bm_tokens (usage_events/metronome_0001.parquet, row" in said
    assert "Fill the column at the source" in said
