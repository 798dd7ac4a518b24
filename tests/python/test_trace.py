"""Recorded traces as input: every column name, exact revenue, clear errors."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from inference_revenue.contract import load_contract
from inference_revenue.errors import UserError
from inference_revenue.simulate.trace import expected_revenue, write_trace_company
from inference_revenue.simulate.trace_columns import (
    CACHED,
    INPUT,
    OUTPUT,
    STARTS_AT,
    TIME,
    read_trace,
)

CALLS = 500
INPUT_TOKENS = [100 + 37 * number % 4_001 for number in range(CALLS)]
CACHED_TOKENS = [tokens // 512 * 512 for tokens in INPUT_TOKENS]
OUTPUT_TOKENS = [1 + 11 * number % 397 for number in range(CALLS)]
TIMES = [
    datetime(2026, 3, 31, 23, 30) + timedelta(seconds=7 * number)
    for number in range(CALLS)
]


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A trace of one hour across the end of a month, with cached tokens."""
    return parquet(
        tmp_path / "trace.parquet",
        ts=TIMES,
        input_tokens=INPUT_TOKENS,
        output_tokens=OUTPUT_TOKENS,
        cached_input_tokens=CACHED_TOKENS,
    )


@pytest.fixture
def folder(trace: Path, tmp_path: Path) -> Path:
    return write_trace_company(trace, tmp_path / "raw")


def told(folder: Path) -> dict[str, Any]:
    path = folder / "truth" / "expected_revenue.json"
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def query(text: str) -> list[Any]:
    with duckdb.connect() as con:
        return con.execute(text).fetchall()


def test_revenue_is_tokens_times_rate(folder: Path) -> None:
    fresh = sum(INPUT_TOKENS) - sum(CACHED_TOKENS)
    expected = {
        "input": Decimal(fresh) * Decimal("2.50") / 1_000_000,
        "cached_input": Decimal(sum(CACHED_TOKENS)) * Decimal("0.25") / 1_000_000,
        "output": Decimal(sum(OUTPUT_TOKENS)) * Decimal("10") / 1_000_000,
    }
    assert expected_revenue(folder) == expected
    assert Decimal(told(folder)["amount"]) == sum(expected.values())


def test_contracts_and_months_add_up_to_the_meters(folder: Path) -> None:
    content = told(folder)
    assert {row["period_id"] for row in content["by_contract"]} == {
        "2026-03",
        "2026-04",
    }
    for meter, figures in content["by_meter"].items():
        of_meter = [row for row in content["by_contract"] if row["meter_id"] == meter]
        assert (
            sum(row["charged_tokens"] for row in of_meter) == figures["charged_tokens"]
        )
        amounts = [Decimal(row["amount"]) for row in of_meter]
        assert sum(amounts) == Decimal(figures["amount"])


def test_input_tables_cite_each_other(folder: Path) -> None:
    orphans = query(
        f"""
        select events.event_id from '{folder}/usage_events.parquet' as events
        anti join (
            select line.contract_id, line.meter_id, contract.customer_id,
                line.service_start
            from '{folder}/contract_lines.parquet' as line
            join '{folder}/contracts.parquet' as contract using (contract_id)
            join '{folder}/meters.parquet' as meter using (meter_id)
            join '{folder}/prices.parquet' as price using (price_id)
            join '{folder}/customers.parquet' as customer using (customer_id)
        ) as line
            on line.contract_id = events.contract_id
            and line.meter_id = events.meter_id
            and line.customer_id = events.customer_id
            and line.service_start <= events.occurred_at
        """
    )
    assert orphans == []


def test_events_are_one_call_each_and_recorded_soon(folder: Path) -> None:
    found = query(
        f"""
        select count(*), count(distinct event_id), count(distinct customer_id),
            count(distinct (event_id, meter_id)),
            max(recorded_at - occurred_at) <= interval 1 minute,
            min(recorded_at) > min(occurred_at)
        from '{folder}/usage_events.parquet'
        """
    )
    assert found == [(3 * CALLS, CALLS, 12, 3 * CALLS, True, True)]


def test_tables_have_the_columns_of_the_contract(folder: Path) -> None:
    contract = load_contract()
    for path in folder.glob("*.parquet"):
        names = set(pq.read_schema(path).names)
        table = contract[path.stem]
        assert set(table.required_columns) <= names <= set(table.column_names)


def test_the_same_trace_gives_the_same_bytes(
    trace: Path, folder: Path, tmp_path: Path
) -> None:
    again = write_trace_company(trace, tmp_path / "again")
    for path in folder.rglob("*.*"):
        other = again / path.relative_to(folder)
        assert path.read_bytes() == other.read_bytes(), path.name


@pytest.mark.parametrize("name", [name for name in TIME if "_s" not in name])
def test_every_name_of_a_time_column(name: str, tmp_path: Path) -> None:
    path = parquet(tmp_path / "t.parquet", **{name: [0, 1_500]}, input_tokens=[1, 1])
    calls = read_trace(_with_output(path))
    assert calls.occurred_at.to_pylist() == [
        STARTS_AT,
        STARTS_AT + timedelta(milliseconds=1_500),
    ]


def _with_output(path: Path) -> Path:
    table = pq.read_table(path)
    table = table.append_column("output_tokens", pa.array([1] * table.num_rows))
    pq.write_table(table, path)
    return path


@pytest.mark.parametrize("given", [*INPUT, "ContextTokens", "Prompt Tokens"])
def test_every_name_of_input_tokens(given: str, tmp_path: Path) -> None:
    path = parquet(tmp_path / "t.parquet", ts=[0], **{given: [5]}, output_tokens=[1])
    assert read_trace(path).input.to_pylist() == [5]


@pytest.mark.parametrize("given", [*OUTPUT, "GeneratedTokens"])
def test_every_name_of_output_tokens(given: str, tmp_path: Path) -> None:
    path = parquet(tmp_path / "t.parquet", ts=[0], input_tokens=[5], **{given: [3]})
    assert read_trace(path).output.to_pylist() == [3]


@pytest.mark.parametrize("given", CACHED)
def test_every_name_of_cached_tokens(given: str, tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "t.parquet",
        ts=[0],
        input_tokens=[5],
        output_tokens=[1],
        **{given: [4]},
    )
    cached = read_trace(path).cached
    assert cached is not None and cached.to_pylist() == [4]


def test_seconds_are_told_by_the_name(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "t.parquet",
        arrival_s=[0.0, 0.25],
        input_tokens=[1, 1],
        output_tokens=[1, 1],
    )
    assert read_trace(path).occurred_at.to_pylist()[1] == STARTS_AT + timedelta(
        milliseconds=250
    )


@pytest.mark.parametrize(
    "written",
    [
        pa.array([datetime(2023, 11, 16, 18, 17, 3, 979960)], pa.timestamp("ns")),
        pa.array(
            [datetime(2023, 11, 16, 18, 17, 3, 979960, tzinfo=UTC)],
            pa.timestamp("us", "Europe/Berlin"),
        ),
        pa.array(["2023-11-16 18:17:03.9799600"]),
    ],
)
def test_times_become_utc_microseconds(written: pa.Array, tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "t.parquet", ts=written, input_tokens=[1], output_tokens=[1]
    )
    assert read_trace(path).occurred_at.to_pylist() == [
        datetime(2023, 11, 16, 18, 17, 3, 979960)
    ]


def test_csv_with_vendor_names_and_no_cache(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text(
        "TIMESTAMP,ContextTokens,GeneratedTokens\n"
        "2023-11-16 18:17:03.9799600,4808,10\n"
        "2023-11-16 18:17:04.0319600,3180,8\n"
    )
    folder = write_trace_company(path, tmp_path / "raw")
    assert expected_revenue(folder) == {
        "input": Decimal("0.01997"),
        "output": Decimal("0.00018"),
    }
    assert query(f"select count(*) from '{folder}/usage_events.parquet'") == [(4,)]


def test_bad_rows_stay_in_and_are_not_expected(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "t.parquet",
        ts=[TIMES[0], TIMES[1], TIMES[2], None],
        input_tokens=[1_000, -5, None, 7],
        output_tokens=[10, 20, 30, 40],
    )
    folder = write_trace_company(path, tmp_path / "raw")
    content = told(folder)
    assert content["landed_rows"] == 8
    assert content["accepted_rows"] == 4
    assert content["by_meter"]["input"]["charged_tokens"] == 1_000
    assert content["by_meter"]["output"]["charged_tokens"] == 60
    kept = query(
        f"select count(*) from '{folder}/usage_events.parquet' "
        f"where quantity < 0 or quantity is null or occurred_at is null"
    )
    assert kept == [(4,)]
    unrecorded = query(
        f"select count(*) from '{folder}/usage_events.parquet' "
        f"where recorded_at is null"
    )
    assert unrecorded == [(0,)]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"when": [1], "input_tokens": [1], "output_tokens": [1]},
            "no column for a time: it has when, input_tokens",
        ),
        ({"ts": [1], "output_tokens": [1]}, "no column for input tokens"),
        ({"ts": [1], "input_tokens": [1]}, "no column for output tokens"),
        (
            {"ts": ["soon"], "input_tokens": [1], "output_tokens": [1]},
            "does not hold times",
        ),
        (
            {"ts": [1], "input_tokens": ["many"], "output_tokens": [1]},
            "does not hold whole numbers",
        ),
        (
            {"ts": [1], "input_tokens": [1.5], "output_tokens": [1]},
            "does not hold whole numbers",
        ),
        (
            {"ts": [True], "input_tokens": [1], "output_tokens": [1]},
            "holds bool, not times",
        ),
    ],
)
def test_an_unknown_shape_is_one_sentence(
    columns: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = parquet(tmp_path / "t.parquet", **columns)
    with pytest.raises(UserError, match=message):
        write_trace_company(path, tmp_path / "raw")


def test_a_file_that_is_no_trace_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "broken.parquet").write_text("hello")
    for name, message in {
        "missing.parquet": "There is no trace file",
        "notes.txt": "neither Parquet nor CSV",
        "broken.parquet": "cannot be read",
    }.items():
        with pytest.raises(UserError, match=message):
            write_trace_company(tmp_path / name, tmp_path / "raw")


def test_a_trace_without_rows_or_times_is_one_sentence(tmp_path: Path) -> None:
    empty = parquet(tmp_path / "e.parquet", ts=[], input_tokens=[], output_tokens=[])
    with pytest.raises(UserError, match="has no rows"):
        write_trace_company(empty, tmp_path / "raw")
    timeless = parquet(
        tmp_path / "n.parquet",
        ts=pa.array([None], pa.timestamp("us")),
        input_tokens=[1],
        output_tokens=[1],
    )
    with pytest.raises(UserError, match="No row of the trace"):
        write_trace_company(timeless, tmp_path / "raw")


def test_refuses_a_folder_with_other_files(trace: Path, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "customers.csv").write_text("customer_id\n")
    with pytest.raises(UserError, match="holds other files"):
        write_trace_company(trace, tmp_path / "raw")
