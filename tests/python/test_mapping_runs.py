"""Running a mapping again, and over bad sources: what stays, what is refused."""

from __future__ import annotations

import re
import shutil
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import vendor_meter_log
import vendor_metronome
import vendor_stripe
from inference_revenue import cli
from inference_revenue.errors import UserError
from inference_revenue.mapping.command import run_mapping
from inference_revenue.paths import project_dir
from mapped_rows import MARCH, contents, new_rows, rows

MAPPINGS = project_dir() / "mapping"


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
