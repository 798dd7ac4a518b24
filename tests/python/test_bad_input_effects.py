"""What a refused row leaves behind: the version before it, and the money shown."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from built_books import Books
from inference_revenue.paths import project_dir
from inference_revenue.rejects import codes_by_table, page

PROJECT = project_dir()


def accepted(
    published: Books, table: str, columns: str, where: str
) -> list[tuple[Any, ...]]:
    return published.query(
        f"select {columns} from staging.stg_{table} where row_state = 'accepted'"
        f" and not is_retracted and {where} order by all"
    )


def test_a_refused_version_does_not_end_the_one_before_it(published: Books) -> None:
    tiers = accepted(published, "prices", "tier_no, known_until_at", "price_id = 't5'")
    assert tiers == [(1, None), (2, None)]
    parent = "known_until_at, parent_customer_id"
    kept = accepted(published, "customers", parent, "customer_id = 'y2'")
    assert kept == [(None, None)]
    amount = "known_until_at, total_amount"
    issued = accepted(published, "billing_documents", amount, "document_id = 'i1'")
    assert issued == [(None, Decimal(31))]
    state = "known_until_at, state"
    closed = accepted(
        published, "accounting_periods", state, "entity_id = 'e1' and book = '*'"
    )
    assert closed == [(None, "closed")]


def test_a_reviewed_row_is_known_from_its_review(published: Books) -> None:
    recorded, reviewed = datetime(2026, 2, 10), datetime(2026, 2, 12)
    times = "submitted_at, recorded_at"
    late = accepted(published, "policy_elections", times, "election_id = 'el5'")
    assert late == [(recorded, reviewed)]
    # what needs no review is known when it was recorded, and so is what is not late
    prospective = accepted(published, "policy_elections", times, "election_id = 'el6'")
    assert prospective == [(recorded, recorded)]
    reopened = accepted(
        published, "accounting_periods", f"state, {times}", "entity_id = 'e5'"
    )
    closed = datetime(2026, 1, 5)
    assert reopened == [("closed", closed, closed), ("reopened", recorded, reviewed)]


def test_money_at_stake_is_told_by_currency(published: Books) -> None:
    def at_stake(table: str, key: str) -> tuple[object, object]:
        ((amount, currency),) = published.query(
            "select amount_at_stake, currency from marts.fct_rejected_rows"
            f" where table_name = '{table}' and row_key = '{key}'"
        )
        return amount, currency

    # two a call: the price of the customer's line, where the line cited is not there
    assert at_stake("usage_events", "no-line|calls") == (Decimal(2), "USD")
    # of nobody's lines for the meter two have another price
    assert at_stake("usage_events", "no-customer|calls") == (None, None)
    assert at_stake("usage_events", "unpriced-meter|other") == (None, None)
    assert at_stake("usage_events", "before-the-term|calls") == (Decimal(2), "USD")
    assert at_stake("usage_events", "two-lines|calls") == (Decimal(2), "USD")
    assert at_stake("usage_events", "negative|calls") == (Decimal(-2), "USD")
    assert at_stake("usage_events", "absurd|calls") == (None, None)
    assert at_stake("usage_events", "sandbox|calls") == (None, None)
    assert at_stake("usage_events", "known-later|calls") == (None, None)
    assert at_stake("cash_events", "b22|i20") == (Decimal(12), "USD")
    assert at_stake("cash_events", "x11|i1") == (Decimal(31), "EUR")
    assert at_stake("billing_documents", "n2") == (Decimal(12), "USD")
    # a line is in the currency of its contract or its document
    assert at_stake("contract_lines", "x4") == (Decimal(31), "USD")
    assert at_stake("billing_document_lines", "x15") == (Decimal(31), "EUR")
    assert at_stake("credit_grants", "y1") == (Decimal("0.01"), "USD")
    assert at_stake("customers", "y3") == (None, None)


def test_exceptions_add_up_what_is_at_stake(published: Books) -> None:
    shown = published.query(
        "select amount, currency from marts.fct_exceptions where subject"
        " = 'cash_events: REFUND_EXCEEDS_PAYMENTS'"
    )
    assert shown == [(Decimal("22.02"), "USD")]
    later = published.query(
        "select count(*) from marts.fct_exceptions where subject like '%NOT_YET_KNOWN%'"
    )
    assert later == [(0,)]


def test_rows_recorded_later_are_counted_apart(published: Books) -> None:
    """A replay of an earlier date holds what came after it: no backlog of today's."""
    ((held, later),) = published.query(
        "select count(*) filter (reason_code <> 'NOT_YET_KNOWN'),"
        " count(*) filter (reason_code = 'NOT_YET_KNOWN')"
        " from marts.fct_rejected_rows where state = 'held'"
    )
    ((stored,),) = published.query("select held_row_count from marts.fct_runs")
    assert (stored, later) == (held, 1)


def test_a_code_holds_a_row_where_the_seed_says_so() -> None:
    path = PROJECT / "seeds" / "reference" / "reason_codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        seeded = {
            row["reason_code"] for row in csv.DictReader(file)
            if row["row_state"] == "held"
        }  # fmt: skip
    text = (PROJECT / "macros" / "staging" / "staged.sql").read_text(encoding="utf-8")
    listed = re.search(r"macro held_reasons\(\).*?endmacro", text, re.DOTALL)
    assert listed
    staged = set(re.findall(r"'([A-Z_]+)'", listed.group(0)))
    # the evidence and the contract room hold rows for these
    assert seeded == staged | {"NO_CONTRACT", "AMBIGUOUS_LINE"}


def test_the_page_of_rejects_says_what_seed_yaml_and_sql_say(
    published: Books,
) -> None:
    path = PROJECT / "models" / "staging" / "REJECTS.md"
    assert path.read_text(encoding="utf-8") == page(PROJECT), (
        "python -m inference_revenue.rejects > models/staging/REJECTS.md"
    )
    given = published.query(
        "select distinct table_name, reason_code from marts.fct_rejected_rows"
    )
    told = codes_by_table(PROJECT)
    assert [(t, code) for t, code in given if code not in told[t]] == []
