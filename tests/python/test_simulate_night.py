"""A night on top of a company: new files, and nothing that was there is touched."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from inference_revenue.errors import UserError
from inference_revenue.simulate.company import write_company
from inference_revenue.simulate.night import write_night
from simulated_company import rows, value

NIGHTS = 3


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company before its first night, large enough for some rows of every sort."""
    folder = tmp_path_factory.mktemp("bare") / "raw"
    write_company(folder, size="small", events=300_000)
    return folder


@pytest.fixture(scope="module")
def folder(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company after its nights."""
    folder = shutil.copytree(bare, tmp_path_factory.mktemp("nights") / "raw")
    for _ in range(NIGHTS):
        write_night(folder)
    return folder


@pytest.fixture(scope="module")
def nights(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "truth/nights.json").read_text())
    return found


@pytest.fixture(scope="module")
def con(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Usage with the night that brought it, 0 for the company itself."""
    with duckdb.connect() as con:
        con.execute(f"""
            create table usage as
            select *, coalesce(try_cast(regexp_extract(
                filename, 'night-([0-9]+)', 1) as integer), 0) as night
            from read_parquet('{folder}/usage_events/*.parquet', filename = true)
        """)
        yield con


def test_what_lay_there_is_not_touched(bare: Path, folder: Path) -> None:
    before, after = digest(bare), digest(folder)
    assert before.items() <= after.items()
    added = {name.partition("/")[0] for name in after.keys() - before.keys()}
    assert added >= {
        "usage_events",
        "contracts",
        "contract_lines",
        "contract_events",
        "prices",
        "fx_rates",
        "accounting_periods",
    }


def test_the_same_nights_have_the_same_bytes(
    bare: Path, folder: Path, tmp_path: Path
) -> None:
    again = shutil.copytree(bare, tmp_path / "raw")
    for _ in range(NIGHTS):
        write_night(again)
    assert digest(again) == digest(folder)


def test_a_company_written_anew_has_no_nights(folder: Path, tmp_path: Path) -> None:
    again = shutil.copytree(folder, tmp_path / "raw")
    write_company(again, size="small")
    assert not list(again.glob("*/night*"))


def test_each_night_is_a_day_after_the_one_before(
    con: duckdb.DuckDBPyConnection, folder: Path, nights: list[dict[str, Any]]
) -> None:
    as_of = json.loads((folder / "truth/company.json").read_text())["as_of"]
    assert [as_of, *(night["end"] for night in nights)][:-1] == [
        night["start"] for night in nights
    ]
    for night in nights:
        outside = f"""
            select count(*) from usage where night = {night["number"]}
                and (recorded_at <= timestamp '{night["start"]}'
                    or recorded_at > timestamp '{night["end"]}')
        """
        assert value(con, outside) == 0
        latest = f"""
            select max(recorded_at)
            from '{folder}/fx_rates/night-{night["number"]:03d}.parquet'
        """
        assert value(con, latest).isoformat() == night["end"]


def test_a_night_brings_about_one_per_cent(
    con: duckdb.DuckDBPyConnection, nights: list[dict[str, Any]]
) -> None:
    for night in nights:
        found = value(
            con, f"select count(*) from usage where night = {night['number']}"
        )
        assert found == night["rows"]["usage_events"]
        assert 0.009 * 300_000 < found < 0.012 * 300_000


def test_new_events_have_ids_of_their_own(con: duckdb.DuckDBPyConnection) -> None:
    repeated = """
        select night, count(*) from usage as late
        where night > 0 and not is_retracted and exists (
            select 1 from usage as earlier
            where earlier.event_id = late.event_id
                and earlier.meter_id = late.meter_id
                and earlier.night < late.night)
        group by night order by night
    """
    replays = dict(rows(con, repeated))
    # what is sent again, and nothing else, has an id that was there
    assert len(replays) == NIGHTS
    assert all(0 < count < 100 for count in replays.values())


def test_replays_say_the_same_and_withdrawals_name_what_was_there(
    con: duckdb.DuckDBPyConnection, nights: list[dict[str, Any]]
) -> None:
    same = """
        select late.night, count(*) from usage as late join usage as earlier
            on earlier.event_id = late.event_id and earlier.meter_id = late.meter_id
            and earlier.night = 0 and earlier.quantity = late.quantity
            and earlier.customer_id = late.customer_id
            and earlier.occurred_at = late.occurred_at
        where late.night > 0 and not earlier.is_retracted
        group by all order by all
    """
    told = [(night["number"], night["rows"]["replay_of_older"]) for night in nights]
    found = dict(rows(con, same))
    assert all(found[night] >= count > 0 for night, count in told)
    withdrawn = """
        select gone.night, count(distinct (gone.event_id, gone.meter_id))
        from usage as gone join usage as earlier
            on earlier.event_id = gone.event_id and earlier.meter_id = gone.meter_id
            and earlier.night = 0 and not earlier.is_retracted
        where gone.night > 0 and gone.is_retracted group by all order by all
    """
    told = [(night["number"], night["rows"]["retraction_of_older"]) for night in nights]
    assert rows(con, withdrawn) == told


def test_some_of_a_night_was_used_long_before(
    con: duckdb.DuckDBPyConnection, nights: list[dict[str, Any]]
) -> None:
    late = """
        select night, count(*) from usage as late
        where night > 0 and occurred_at < recorded_at - interval 2 day
            and not exists (
                select 1 from usage as earlier
                where earlier.event_id = late.event_id and earlier.night = 0)
        group by night order by night
    """
    for (night, count), told in zip(rows(con, late), nights, strict=True):
        assert night == told["number"]
        assert 0 < count <= told["rows"]["late"]


def test_a_night_needs_a_company(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no synthetic company"):
        write_night(tmp_path)
    write_company(tmp_path, size="small", events=2_000)
    with pytest.raises(UserError, match="not possible"):
        write_night(tmp_path, share=0.0001)
