"""The knowledge date: as stated, else when the latest row was recorded."""

from datetime import datetime
from pathlib import Path

import pytest

from inference_revenue.errors import UserError
from inference_revenue.landing import parse_as_of
from small_contract import CUSTOMERS, NOW, Lander

USAGE_HEAD = "event_id,quantity,source_system,recorded_at\n"


@pytest.fixture
def lander(tmp_path: Path) -> Lander:
    return Lander(tmp_path / "raw").write({"customers.csv": CUSTOMERS})


@pytest.mark.parametrize(
    ("recorded_at", "as_of"),
    [
        ("2026-03-31", datetime(2026, 3, 31)),
        ("2026-03-31 10:11:12.5", datetime(2026, 3, 31, 10, 11, 12, 500_000)),
        ("2026-03-31T10:00:00Z", datetime(2026, 3, 31, 10)),
        ("2026-03-31T10:00:00+02:00", datetime(2026, 3, 31, 8)),
        ("2099-01-01", NOW),
        ("", NOW),
        ("yesterday", datetime(2026, 1, 1)),
        ("infinity", datetime(2026, 1, 1)),
    ],
)
def test_as_of_is_when_the_latest_row_was_recorded(
    lander: Lander, recorded_at: str, as_of: datetime
) -> None:
    lander.write({"usage_events.csv": USAGE_HEAD + f"e1,1,s,{recorded_at}\n"})
    assert lander.land().landing.as_of == as_of


def test_as_of_reads_parquet_times(lander: Lander) -> None:
    for name, moment in (
        ("usage_events", "timestamptz '2026-03-31 10:00:00+02:00'"),
        ("prices", "date '2026-03-30'"),
    ):
        select = (
            f"select 'e' as event_id, 'p' as price_id, 1 as quantity,"
            f" 's' as source_system, {moment} as recorded_at"
        )
        lander.parquet(f"{name}.parquet", select)
    landed = lander.land()
    assert landed.landing.as_of == datetime(2026, 3, 31, 8)
    assert landed.rows("select as_of, started_at, run_id from state.run_context") == [
        (datetime(2026, 3, 31, 8), NOW, "run1")
    ]


def test_without_any_row_as_of_is_now(lander: Lander) -> None:
    lander.write({"customers.csv": CUSTOMERS.splitlines()[0]})
    assert lander.land().landing.as_of == NOW


def test_an_as_of_in_the_future_is_told(lander: Lander) -> None:
    landing = lander.land(as_of=datetime(2027, 1, 1)).landing
    assert landing.as_of == datetime(2027, 1, 1)
    assert "lies in the future" in landing.warnings[0]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-31", datetime(2026, 4, 1)),
        ("2026-12-31", datetime(2027, 1, 1)),
        ("2026-03-31T18:00", datetime(2026, 3, 31, 18)),
        ("2026-03-31 18:00:00Z", datetime(2026, 3, 31, 18)),
        ("2026-03-31T18:00:00+02:00", datetime(2026, 3, 31, 16)),
    ],
)
def test_as_of_as_written(text: str, moment: datetime) -> None:
    assert parse_as_of(text) == moment


@pytest.mark.parametrize("text", ["2026-02-30", "31.03.2026", "today", "9999-12-31"])
def test_an_as_of_that_is_no_date(text: str) -> None:
    with pytest.raises(UserError, match="neither an ISO date"):
        parse_as_of(text)
