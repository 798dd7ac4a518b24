"""The bundled mappings: what they read, what they say, what they refuse."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
import sqlglot

import vendor_meter_log
import vendor_metronome
import vendor_stripe
from inference_revenue.contract import load_contract
from inference_revenue.mapping.command import run_mapping
from inference_revenue.mapping.shape import load_mapping
from inference_revenue.paths import project_dir
from mapped_rows import MARCH, rows
from test_portability import BANNED

MAPPINGS = project_dir() / "mapping"
BUNDLED = ("metronome", "own_meter_log", "stripe_fivetran")


@pytest.fixture(scope="module")
def stripe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stripe")
    sources = vendor_stripe.write_stripe(folder / "source", MARCH)
    run_mapping("stripe_fivetran", sources, folder / "raw")
    return folder / "raw"


@pytest.fixture(scope="module")
def metronome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("metronome")
    days = [MARCH - timedelta(days=1), MARCH]
    sources = vendor_metronome.write_metronome(folder / "source", days)
    run_mapping("metronome", sources, folder / "raw")
    return folder / "raw"


# --- the bundled mappings --------------------------------------------------------


@pytest.mark.parametrize("name", BUNDLED)
def test_each_mapping_reads_what_it_declares(name: str) -> None:
    mapping = load_mapping(name, load_contract())
    sql = "\n".join([*mapping.prepared.values(), *mapping.selects.values()])
    for table in mapping.tables:
        assert f"source.{table}" in sql, f"{table} is declared and not read"
    for step in mapping.prepared:
        assert f"prepared.{step}" in sql, f"{step} is prepared and not read"


@pytest.mark.parametrize(
    "path",
    [path for name in BUNDLED for path in sorted((MAPPINGS / name).glob("*.sql"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_each_table_is_portable_sql(path: Path) -> None:
    """What is one engine's own lies in the prepared steps."""

    sql = path.read_text(encoding="utf-8")
    assert sql.startswith("-- One row")
    code = re.sub(r"--[^\n]*", "", sql)
    for meaning, pattern in BANNED.items():
        assert not re.search(pattern, code, re.IGNORECASE), meaning
    sqlglot.transpile(
        sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )


def test_minor_units_are_those_of_each_currency(stripe: Path) -> None:
    documents = rows(
        stripe, "billing_documents", "document_id, net_amount, tax_amount",
        "document_id in ('in_yen', 'in_dinar', 'in_seats_1', 'in_once')",
    )  # fmt: skip
    assert documents == [
        ("in_dinar", Decimal("28.999"), 0),
        # 19 % inside the price
        ("in_once", Decimal(100), Decimal(19)),
        ("in_seats_1", Decimal(60), Decimal("4.95")),
        ("in_yen", Decimal(365000), 0),
    ]


def test_a_discount_on_the_header_is_spread_to_the_unit(stripe: Path) -> None:
    """1.001 dinars over 20 and 10: 0.667 and 0.334, not 0.333."""
    lines = rows(
        stripe, "billing_document_lines", "net_amount", "document_id = 'in_dinar'"
    )
    assert lines == [(Decimal("9.666"),), (Decimal("19.333"),)]


def test_lines_foot_to_any_header(tmp_path: Path) -> None:
    """Random invoices: credits among charges, discounts, tax inside, one line or none
    that a discount may touch. Lines foot, and each is within a unit of its share."""
    dice = random.Random(20250301)
    expected: dict[str, int] = {}
    shares: dict[str, Fraction] = {}
    invoices, lines = [], []
    for number in range(300):
        amounts = [dice.randint(-9_999, 99_999) for _ in range(dice.randint(1, 7))]
        touched = [dice.random() < 0.8 for _ in amounts]
        total, tax = sum(amounts) + dice.randint(-5_000, 2_000), dice.randint(0, 900)
        invoice = f"in_{number:03d}"
        expected[invoice] = total - tax
        weight = sum(
            a for a, is_touched in zip(amounts, touched, strict=True) if is_touched
        )
        invoices.append((invoice, total, tax))
        for position, (amount, is_touched) in enumerate(
            zip(amounts, touched, strict=True)
        ):
            lines.append((f"il_{position}", invoice, amount, is_touched))
            if weight:
                gap = Fraction(total - tax - sum(amounts))
                share = gap * (amount if is_touched else 0) / weight
                shares[f"{invoice}:il_{position}"] = amount + share
    sources = vendor_stripe.write_stripe(tmp_path / "source", MARCH)
    with duckdb.connect(str(sources[0])) as con:
        con.execute("delete from stripe.invoice; delete from stripe.invoice_line_item")
        con.executemany(
            "insert into stripe.invoice (id, customer_id, subscription_id, status,"
            " currency, created, total, tax) values"
            " (?, 'cus_seats', 'sub_seats', 'open', 'usd', '2025-01-01', ?, ?)",
            invoices,
        )
        con.executemany(
            "insert into stripe.invoice_line_item (id, invoice_id, amount, quantity,"
            " price_id, discountable, period_start, period_end) values (?, ?, ?, 1,"
            " 'price_usd', ?, '2025-01-01', '2025-02-01')",
            [(*line[:2], line[2], line[3]) for line in lines],
        )
    run_mapping("stripe_fivetran", sources, tmp_path / "raw")
    found = rows(
        tmp_path / "raw", "billing_document_lines",
        "document_id, document_line_id, cast(net_amount * 100 as bigint)",
        "document_id like 'in_%'",
    )  # fmt: skip
    footed = dict.fromkeys(expected, 0)
    for invoice, line, units in found:
        footed[invoice] += units
        if line in shares:
            assert abs(units - shares[line]) < 1, line
    assert footed == expected


def test_a_rate_below_a_cent_loses_nothing(stripe: Path) -> None:
    (rate,) = rows(stripe, "prices", "rate_amount, rate_per_quantity, unit_code")
    # 0.05 cents a token
    assert rate[0] / rate[1] == Decimal("0.0005")
    assert rate[2] == "USD"


def test_stripe_rows_are_known_when_stripe_knew_them(stripe: Path) -> None:
    void = rows(
        stripe, "billing_documents", "status, cast(recorded_at as date)",
        "document_id = 'in_void_1'",
    )  # fmt: skip
    assert [(status, str(day)) for status, day in void] == [
        ("issued", "2025-01-01"), ("void", "2025-01-10"),
    ]  # fmt: skip
    events = rows(
        stripe, "contract_events",
        "cast(approved_at as date), is_retracted, cast(recorded_at as date)",
        "contract_id = 'sub_leaves'",
    )  # fmt: skip
    assert [
        (str(day), taken_back, str(known)) for day, taken_back, known in events
    ] == [
        ("2025-01-08", False, "2025-01-08"),
        # taken back, Stripe does not say when: before the customer cancelled again
        ("2025-01-08", True, "2025-01-15"),
        ("2025-01-15", False, "2025-01-15"),
    ]


def test_prepaid_commits_become_lots_and_a_minimum(metronome: Path) -> None:
    """Access and invoices have schedules of their own: 900 paid for 600 and 400."""
    grants = rows(
        metronome, "credit_grants",
        "grant_id, grant_kind, units_granted, consideration_amount, line_id, priority,"
        " cast(expires_at as date), applies_to_product_ids, parent_grant_id",
    )  # fmt: skip
    assert [(*row[:6], str(row[6]), *row[7:]) for row in grants] == [
        ("c_free:s1", "promotional", 5, 0, None, 100, "2025-02-01", "p_calls", None),
        ("c_prepaid:s1", "commitment", 600, 540, "c_prepaid", 150, "2025-07-01", None,
         None),
        ("c_prepaid:s2", "commitment", 400, 360, "c_prepaid", 150, "2026-01-01", None,
         None),
        ("c_rolled:s1", "rollover", 70, 0, None, 100, "2026-07-01", None,
         "c_prepaid:s2"),
        ("c_topup:s1", "top_up", 25, 25, None, 100, "2026-01-01", None, None),
    ]  # fmt: skip
    minimums = rows(
        metronome, "contract_lines",
        "line_id, fixed_amount, true_up_on, rollover_fraction",
        "line_kind = 'minimum_commitment'",
    )  # fmt: skip
    assert minimums == [
        ("c_postpaid", 200, "contract_end", None),
        ("c_prepaid", 900, None, Decimal("0.5")),
    ]
    events = rows(metronome, "credit_events", "grant_id, kind, units")
    assert events == [
        ("c_prepaid:s1", "draw", Decimal("12.505")),
        ("c_prepaid:s1", "expire", Decimal("587.495")),
    ]


def test_tiers_are_bounded_by_their_sizes(metronome: Path) -> None:
    tiers = rows(
        metronome, "prices", "tier_no, tier_from, tier_to, rate_amount,"
        " rate_per_quantity", "model = 'graduated'",
    )  # fmt: skip
    assert tiers == [
        (1, 0, 100, 10, 100), (2, 100, 1000, 5, 100),
        (3, 1000, None, Decimal("0.5"), 100),
    ]  # fmt: skip


def test_an_invoice_sent_by_stripe_is_left_to_stripe(metronome: Path) -> None:
    documents = rows(metronome, "billing_documents", "document_id, status, net_amount")
    assert documents == [
        # 750.4 cents; the line keeps the fraction
        ("i_payg", "issued", Decimal("7.50")), ("i_void", "issued", 1),
        ("i_void", "void", 1),
    ]  # fmt: skip
    lines = rows(metronome, "billing_document_lines", "sum(net_amount)",
                 "document_id = 'i_payg'")  # fmt: skip
    assert lines == [(Decimal("7.504"),)]


def test_a_retry_under_one_id_is_charged_once(tmp_path: Path) -> None:
    sources = vendor_meter_log.write_meter_log(tmp_path / "log")
    run_mapping("own_meter_log", sources, tmp_path / "raw")
    found = rows(
        tmp_path / "raw", "usage_events", "event_id, quantity, non_billable_reason",
        "meter_id = 'input_tokens' and event_id < 'r4'",
    )  # fmt: skip
    assert found == [
        ("r1", 1_000_000, None), ("r2", 1_000_000, None),
        ("r2:failed:1", 500_000, "failed"), ("r3", 1_000_000, "internal"),
    ]  # fmt: skip
    contained = rows(tmp_path / "raw", "meters", "meter_id",
                     "contains_meter_id = 'cached_tokens'")  # fmt: skip
    assert contained == [("input_tokens",)]
