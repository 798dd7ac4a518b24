"""What the books make of files that arrive late, under other names, or not any more.

The hand-made company is built; then files arrive whose rows say that they were recorded
before closes that are stored by then, a file is renamed, and at last one is lost.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

import tiny_company as tiny
from built_books import BOOKS, Books, build, differences, write_rows

# Recorded on time, says the source; but we load it after May was closed and stored.
STATED = "2025-02-16T00:00:00Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("arrivals")


@pytest.fixture(scope="module")
def raw(folder: Path) -> Path:
    return write_rows(folder / "raw", tiny.tiny_company(), "tiny")


@pytest.fixture(scope="module")
def base(raw: Path, folder: Path, dbt_target: Path) -> Books:
    books = build(raw, folder / "warehouse", dbt_target, as_of=tiny.AS_OF)
    return kept(books, folder / "base.duckdb")


@pytest.fixture(scope="module")
def arrived(base: Books, raw: Path, folder: Path, dbt_target: Path) -> Books:
    """The next run: two files arrive late, one is renamed and all are touched."""
    late: dict[str, list[dict[str, object]]] = {
        "usage_events": [
            dict(tiny.usage("usage", 15, 2, 1000, STATED)),
            # not late: known after the last close
            dict(tiny.usage("untouched", 15, 6, 500, "2025-06-20T00:00:00Z")),
        ],
        "cash_events": [
            dict(row) for row in tiny.late_rows()["cash_events"]
        ],
    }  # fmt: skip
    late["cash_events"][0]["recorded_at"] = "2025-03-02T00:00:00Z"
    write_rows(raw, late, "arrived")
    (raw / "prices" / "tiny.jsonl").rename(raw / "prices" / "renamed.jsonl")
    for path in raw.rglob("*.jsonl"):
        os.utime(path)
    books = build(raw, folder / "warehouse", dbt_target)
    return kept(books, folder / "arrived.duckdb")


@pytest.fixture(scope="module")
def lost(arrived: Books, raw: Path, folder: Path, dbt_target: Path) -> Books:
    """The run after that: the late usage is gone again."""
    (raw / "usage_events" / "arrived.jsonl").unlink()
    return build(raw, folder / "warehouse", dbt_target)


def kept(books: Books, path: Path) -> Books:
    path.write_bytes(books.live.read_bytes())
    return Books(path)


def test_closed_periods_replay_as_they_were(base: Books, arrived: Books) -> None:
    for mart, period in BOOKS.items():
        where = f"{period} <= '{tiny.LAST_CLOSED}'"
        if mart == "fct_revenue_waterfall":
            where += f" and service_period_id <= '{tiny.LAST_CLOSED}'"
        assert not differences(base.rows(mart, where), arrived.rows(mart, where)), mart
    assert arrived.query(
        "select count(*) from marts.fct_revenue_recognised"
        " where cause_code = 'LOGIC_CHANGE'"
    ) == [(0,)]


def test_what_arrived_late_is_caught_up_in_the_first_open_period(
    arrived: Books,
) -> None:
    assert arrived.query(
        "select book, period_id, cause_code, sum(catch_up_amount)"
        " from marts.fct_revenue_recognised where contract_id = 'k-usage'"
        " and catch_up_amount <> 0 group by all order by 1"
    ) == [
        (book, tiny.FIRST_OPEN, "LATE_DATA", Decimal(10))
        for book in ("asc606", "ifrs15")
    ]
    assert arrived.query(
        "select sum(current_amount), sum(catch_up_amount)"
        " from marts.fct_revenue_recognised where contract_id = 'k-untouched'"
        f" and period_id = '{tiny.FIRST_OPEN}' and book = 'asc606'"
    ) == [(Decimal(6 + 5), Decimal(0))]


def test_late_arrivals_are_told_by_file_with_rows_and_money(arrived: Books) -> None:
    told = arrived.query(
        "select subject, severity, amount, currency, split_part(message, ' ', 1)"
        " from marts.fct_exceptions where exception_code = 'LATE_ARRIVAL' order by 1"
    )
    assert told == [
        ("cash_events/arrived.jsonl", "warn", Decimal(1), "USD", "1"),
        ("usage_events/arrived.jsonl", "warn", None, None, "1"),
    ]


def test_a_late_row_keeps_what_it_stated(arrived: Books) -> None:
    assert arrived.query(
        "select cast(stated_recorded_at as varchar), recorded_at = first_loaded_at"
        " from staging.stg_cash_events, state.input_files"
        " where path = 'cash_events/arrived.jsonl'"
        " and input_row like file_id || ':%'"
    ) == [("2025-03-02 00:00:00", True)]


def test_a_renamed_or_touched_file_is_no_exception(arrived: Books) -> None:
    assert (
        arrived.query(
            "select exception_code, subject from marts.fct_exceptions"
            " where exception_code in ('FILE_MISSING', 'FILE_CHANGED')"
        )
        == []
    )
    assert arrived.query(
        "select input_file from marts.fct_run_files inner join marts.fct_runs"
        " using (run_id) where is_new and started_at = (select max(started_at)"
        " from marts.fct_runs) order by 1"
    ) == [
        ("cash_events/arrived.jsonl",),
        ("prices/renamed.jsonl",),
        ("usage_events/arrived.jsonl",),
    ]


def test_a_file_that_is_gone_blocks(lost: Books) -> None:
    assert lost.query(
        "select subject, severity, status from marts.fct_exceptions"
        " where exception_code = 'FILE_MISSING'"
    ) == [("usage_events/arrived.jsonl", "block", "open")]
    outcomes = lost.query(
        "select outcome, exit_code from marts.fct_runs order by started_at"
    )
    assert [code for _, code in outcomes] == [0, 0, 2]
    assert outcomes[-1][0] == "red"


def test_marts_are_read_without_the_input_files(lost: Books, raw: Path) -> None:
    """A published file is whole: no mart is a view on somebody's folder."""
    raw.rename(raw.with_name("elsewhere"))
    try:
        for (name,) in lost.query(
            "select table_name from information_schema.tables"
            " where table_schema in ('marts', 'staging') and table_type = 'BASE TABLE'"
            " or table_schema = 'marts'"
        ):
            schema = "staging" if name.startswith("stg_") else "marts"
            lost.query(f"select count(*) from {schema}.{name}")
    finally:
        raw.with_name("elsewhere").rename(raw)
