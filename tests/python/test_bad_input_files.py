"""A file that cannot be read stops the run in one sentence; what was published stays.

Which files stop a run, and what is said of each, is tested in test_landing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import bad_rows
from built_books import Books
from inference_revenue.cli import main

CSV = "customer_id,name,source_system,recorded_at\nc1,Ada,crm,2026-01-01\n"


def without_table(raw: Path) -> None:
    shutil.rmtree(raw / "contract_lines")


def empty(raw: Path) -> None:
    for file in (raw / "products").iterdir():
        file.write_text("")


def corrupt(raw: Path) -> None:
    (raw / "usage_events" / "z.parquet").write_bytes(b"PAR1 no Parquet file PAR1")


def truncated(raw: Path) -> None:
    whole = (raw / "fx_rates.parquet").read_bytes()
    (raw / "fx_rates.parquet").write_bytes(whole[: len(whole) // 2])


def without_column(raw: Path) -> None:
    (raw / "customers" / "z.csv").write_text(CSV.replace("source_system", "system"))


def other_encoding(raw: Path) -> None:
    (raw / "customers" / "z.csv").write_bytes(CSV.encode("utf-16"))


def half_a_line(raw: Path) -> None:
    with (raw / "contracts" / "c-good.jsonl").open("a") as stream:
        stream.write('{"contract_id": "k9", "customer_id"\n')


def mistyped(raw: Path) -> None:
    (raw / "usage_events").rename(raw / "usage_event")


def another_form(raw: Path) -> None:
    (raw / "prices.xlsx").write_bytes(b"PK")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (without_table, "lacks the required table contract_lines"),
        (empty, "products"),
        (corrupt, "usage_events/z.parquet cannot be read as Parquet"),
        (truncated, "fx_rates.parquet cannot be read as Parquet"),
        (without_column, "customers/z.csv (table customers) lacks source_system"),
        (other_encoding, "customers/z.csv is not UTF-8 text"),
        (half_a_line, "contracts/c-good.jsonl, line "),
        (mistyped, "usage_event (did you mean usage_events?"),
        (another_form, "prices.xlsx cannot be read"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_bad_file_stops_the_run_and_keeps_what_was_published(
    published: Books,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[Path], None],
    said: str,
) -> None:
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    live = Path(shutil.copy(published.live, warehouse))
    before = digest(live)
    raw = bad_rows.write_folder(tmp_path / "raw")
    damage(raw)
    monkeypatch.setenv("INFERENCE_REVENUE_WAREHOUSE", str(warehouse))
    assert main(["run", "--raw", str(raw)]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("Error: ")
    assert error.endswith(".\n")
    assert "Traceback" not in error
    assert len(error.splitlines()) == 1
    # the old file is served on, byte for byte, and says so itself
    assert digest(live) == before
    with duckdb.connect(str(live), read_only=True) as con:
        assert con.execute("select count(*) from state.runs").fetchone() == (1,)
    last_run = json.loads((warehouse / "last_run.json").read_text())
    assert (last_run["outcome"], last_run["exit_code"]) == ("not published", 1)
    assert said in last_run["error"]


def digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
