"""Running a mapping: what it reads, what it writes, what it refuses, what stays."""

from __future__ import annotations

import hashlib
import random
import re
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot

import vendor_meter_log
import vendor_metronome
import vendor_stripe
from inference_revenue import cli
from inference_revenue.contract import load_contract
from inference_revenue.errors import UserError
from inference_revenue.mapping.command import Mapped, run_mapping
from inference_revenue.mapping.shape import load_mapping
from inference_revenue.paths import project_dir
from test_portability import BANNED

MAPPINGS = project_dir() / "mapping"
BUNDLED = ("metronome", "own_meter_log", "stripe_fivetran")
MARCH = datetime(2025, 3, 1, tzinfo=UTC)


def rows(folder: Path, table: str, columns: str, where: str = "true") -> list[Any]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        return con.execute(
            f"select {columns} from read_parquet('{folder}/{table}/*.parquet',"
            f" union_by_name = true, filename = true) where {where} order by all"
        ).fetchall()


def contents(folder: Path) -> dict[str, str]:
    """Every file by name and hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def new_rows(mapped: Mapped) -> dict[str, int]:
    return {found.table: found.new for found in mapped.increments if found.new}


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


# --- what stays ------------------------------------------------------------------


def test_a_source_synced_again_changes_nothing(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    for synced in (MARCH, MARCH + timedelta(days=40)):
        stripe = vendor_stripe.write_stripe(tmp_path / "stripe", synced)
        metronome = vendor_metronome.write_metronome(tmp_path / "metronome", [synced])
        log = vendor_meter_log.write_meter_log(tmp_path / "log")
        mapped = [
            run_mapping("stripe_fivetran", stripe, raw),
            run_mapping("metronome", metronome, raw),
            run_mapping("own_meter_log", log, raw),
        ]
        if synced == MARCH:
            before = contents(raw)
    assert [new_rows(found) for found in mapped] == [{}, {}, {}]
    assert contents(raw) == before


def test_what_is_new_goes_into_a_file_of_its_own(tmp_path: Path) -> None:
    """So that the first load of the file is the first time its rows were seen."""
    raw = tmp_path / "raw"
    sources = vendor_meter_log.write_meter_log(tmp_path / "log")
    run_mapping("own_meter_log", sources, raw)
    late = "r8,1,acc_1,m1,2025-01-20T10:00:00Z,,200,7,0,0,,production\n"
    vendor_meter_log.write_meter_log(tmp_path / "log", late)
    mapped = run_mapping("own_meter_log", sources, raw)
    assert new_rows(mapped) == {"usage_events": 2}
    found = rows(
        raw, "usage_events", "event_id, meter_id, recorded_at, quantity",
        "filename like '%own_meter_log_0002.parquet'",
    )  # fmt: skip
    assert found == [("r8", "input_tokens", None, 7), ("r8", "output_tokens", None, 0)]


def test_a_row_overwritten_at_the_source_does_not_rewrite_history(
    tmp_path: Path,
) -> None:
    """A name changed to and fro: each change is known when it was first seen."""
    raw, log = tmp_path / "raw", tmp_path / "log"
    sources = vendor_meter_log.write_meter_log(log)
    accounts = (log / "accounts.csv").read_text(encoding="utf-8")
    run_mapping("own_meter_log", sources, raw)
    for text in (accounts.replace("Ada", "Eve"), accounts, accounts):
        (log / "accounts.csv").write_text(text, encoding="utf-8")
        run_mapping("own_meter_log", sources, raw)
    found = rows(raw, "customers", "right(filename, 12), name, recorded_at")
    assert found == [
        ("0001.parquet", "Ada", datetime(2025, 1, 1)),
        ("0002.parquet", "Eve", None),
        ("0003.parquet", "Ada", None),
    ]


def test_a_tier_that_changed_brings_its_whole_set(tmp_path: Path) -> None:
    raw, source = tmp_path / "raw", tmp_path / "metronome"
    sources = vendor_metronome.write_metronome(source, [MARCH])
    run_mapping("metronome", sources, raw)
    changed = next(
        dict(row)
        for row in vendor_metronome.metronome_rows()["contracts_rate_card_entries"]
        if row["id"] == "r4"
    )
    changed["tiers"] = '[{"size": 100, "price": 10}, {"price": 4}]'
    later = MARCH + timedelta(days=1)
    vendor_metronome.write_metronome(source, [later])
    vendor_metronome.write_metronome(
        source, [later + timedelta(days=1)], {"contracts_rate_card_entries": [changed]}
    )
    # of two rows with one id the newest snapshot holds; here both are of one snapshot
    path = source / "bucket" / "contracts_rate_card_entries"
    with duckdb.connect() as con:
        last = sorted(path.rglob("*.parquet"))[-1]
        con.execute(
            f"create table kept as from read_parquet('{last}')"
            f" where not (id = 'r4' and tiers like '%0.5%')"
        )
        con.execute(f"copy kept to '{last}' (format parquet)")
    mapped = run_mapping("metronome", sources, raw)
    assert new_rows(mapped) == {"prices": 2}
    found = rows(raw, "prices", "tier_no, tier_to, rate_amount, recorded_at",
                 "filename like '%_0002.parquet'")  # fmt: skip
    assert found == [(1, 100, 10, None), (2, None, 4, None)]


def test_what_vanished_from_the_source_is_said_and_still_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, log = tmp_path / "raw", tmp_path / "log"
    vendor_meter_log.write_meter_log(log)
    arguments = [
        "map",
        "--from",
        "own_meter_log",
        "--source",
        str(log),
        "--to",
        str(raw),
    ]
    assert cli.main(arguments) == 0
    header = vendor_meter_log.TABLES["accounts"].splitlines()[0]
    (log / "accounts.csv").write_text(header + "\n", encoding="utf-8")
    assert cli.main(arguments) == 0
    assert "1 ids that an earlier map wrote" in capsys.readouterr().out
    assert len(rows(raw, "customers", "1")) == 1


# --- bad sources -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("accounts", None, "lacks the table accounts; it holds"),
        ("company", None, "lacks the table company (One row - the legal entity"),
        ("accounts", "account_id,created_at\na,2025-01-01\n", "lacks the column name"),
        ("request_log", vendor_meter_log.LOG.replace("500000", "many"),
         "holds 'many' in the column input_tokens, which is no bigint"),
        ("agreements", vendor_meter_log.TABLES["agreements"].replace(
            "2026-01-01", "never"), "holds 'never' in the column ends_at"),
    ],
)  # fmt: skip
def test_a_bad_source_is_one_sentence_and_writes_nothing(
    tmp_path: Path, table: str, text: str | None, said: str
) -> None:
    sources = vendor_meter_log.write_meter_log(tmp_path / "log")
    path = tmp_path / "log" / f"{table}.csv"
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        run_mapping("own_meter_log", sources, tmp_path / "raw")
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "raw").exists()


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        run_mapping("own_meter_log", [tmp_path / "none"], tmp_path / "raw")
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="neither a folder nor a DuckDB file"):
        run_mapping("own_meter_log", [tmp_path / "notes.txt"], tmp_path / "raw")
    (tmp_path / "x.duckdb").write_text("not a database", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be opened"):
        run_mapping("own_meter_log", [tmp_path / "x.duckdb"], tmp_path / "raw")


def test_a_table_in_two_places_is_not_chosen_by_chance(tmp_path: Path) -> None:
    sources = vendor_meter_log.write_meter_log(tmp_path / "log")
    vendor_meter_log.write_meter_log(tmp_path / "again")
    with pytest.raises(UserError, match="lies in two places"):
        run_mapping("own_meter_log", [*sources, tmp_path / "again"], tmp_path / "raw")


def test_an_unknown_mapping_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="metronome, own_meter_log, stripe_fivetran"):
        run_mapping("strip", [tmp_path], tmp_path / "raw")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("upper(country) as jurisdiction", "country as land", "has no column land"),
        ("created_at as recorded_at", "created_at as valid_from",
         "the required column recorded_at is missing"),
        ("name,", "1.5 as name,", "the column name is decimal(2,1) and the input"),
        ("from source.accounts", "from source.acounts", "customers.sql, line 8: "),
    ],
)  # fmt: skip
def test_sql_that_misses_the_contract_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    own = tmp_path / "own"
    shutil.copytree(MAPPINGS / "own_meter_log", own)
    path = own / "customers.sql"
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    sources = vendor_meter_log.write_meter_log(tmp_path / "log")
    with pytest.raises(UserError) as error:
        run_mapping(str(own), sources, tmp_path / "raw")
    assert said in str(error.value)
    assert not (tmp_path / "raw").exists()


def test_tables_that_are_not_read_are_named(tmp_path: Path) -> None:
    """An override of rates that nobody maps would be revenue at the wrong price."""
    sources = vendor_metronome.write_metronome(tmp_path / "source", [MARCH])
    mapped = run_mapping("metronome", sources, tmp_path / "raw")
    assert [line.split(":")[0] for line in mapped.not_read] == [
        "contracts_overrides is not read"
    ]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("{no: varchar}", "YAML reads the column name False as a value"),
        ("{fee: decimal(18,2)}", "a type with a comma needs quotes"),
        ("[no]", "written as name: type"),
    ],
)
def test_a_slip_in_the_list_of_tables_is_explained(
    tmp_path: Path, columns: str, said: str
) -> None:
    (tmp_path / "tables.yml").write_text(
        f"tables:\n  bills:\n    columns: {columns}\n", encoding="utf-8"
    )
    (tmp_path / "customers.sql").write_text("select 1", encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(said)):
        run_mapping(str(tmp_path), [tmp_path], tmp_path / "raw")


def test_json_lines_keep_their_names_and_digits(tmp_path: Path) -> None:
    """Names in any case; a number as it was written, not by way of a double."""
    sources = vendor_meter_log.write_meter_log(tmp_path / "log")
    (tmp_path / "log" / "price_sheet.csv").unlink()
    (tmp_path / "log" / "price_sheet.jsonl").write_text(
        '{"Sheet_ID": "list", "Model": "m1", "Token_Kind": "input",'
        ' "Amount_Per_Million": 0.100000001, "Valid_From": "2025-01-01",'
        ' "Published_At": "2024-12-01T00:00:00+01:00"}\n',
        encoding="utf-8",
    )
    run_mapping("own_meter_log", sources, tmp_path / "raw")
    found = rows(tmp_path / "raw", "prices", "rate_amount, recorded_at")
    assert found == [(Decimal("0.100000001"), datetime(2024, 11, 30, 23))]
