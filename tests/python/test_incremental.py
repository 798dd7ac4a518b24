"""A company that arrives night by night ends in the same books as one read at once."""

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from built_books import copy_project, dbt_folders
from inference_revenue.earlier_build import TABLES, start_file
from inference_revenue.paths import project_dir
from inference_revenue.prepare import prepare
from inference_revenue.progress import Progress
from inference_revenue.publish import open_file
from inference_revenue.runner import execute
from inference_revenue.simulate.company import write_company
from inference_revenue.trial import OWN, Inputs

# Inside periods, so that rows of every kind arrive before and after a close.
NIGHTS = ("2025-03-17 10:00", "2025-03-18 10:00", "9999-12-31")
# A price of the last night that holds since an afternoon of the first.
DEARER_SINCE = "2025-02-11 13:30"
# Packages of a bill become packages of each event, for all time, in the last night.
COUNTED_BY_EVENT = "model = 'package'"
# What differs by design: which runs there were and what they found, when periods were
# sealed; and how long an exception has stood, which ranks it.
NOT_COMPARED = (
    "fct_runs",
    "fct_run_files",
    "fct_control_history",
    "dim_sealed_periods",
)
CODE = {
    "a macro": "exact.sql",
    "a model in Python": "int_wallet_draws.py",
    "a seed": "accepted_exceptions.csv",
}
OF_RUNS = {"fct_exceptions": "first_known_at, age_days, closes_stood, exception_rank"}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Input folders as they stood after each night."""
    root = tmp_path_factory.mktemp("arrivals")
    company = root / "company"
    write_company(company, size="small", seed=11)
    folders = split_by_recording(company, root, NIGHTS)
    prices = folders[-1] / "prices"
    changes = {
        "dearer": (
            f"timestamp '{DEARER_SINCE}' as valid_from, rate_amount * 2 as rate_amount",
            "model = 'unit'",
        ),
        "by_event": ("'event' as tier_scope", COUNTED_BY_EVENT),
    }
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        for name, (changed, which) in changes.items():
            con.execute(
                f"copy (select * replace ({changed},"
                f" timestamp '{NIGHTS[1]}' + interval 1 day as recorded_at)"
                f" from read_parquet('{prices}/part_*.parquet', union_by_name = true)"
                f" where {which}) to '{prices}/{name}.parquet'"
            )
    return folders


@pytest.fixture(scope="module")
def by_night(
    nights: list[Path], dbt_target: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The books after all nights, each run going on from the one before."""
    warehouse = tmp_path_factory.mktemp("by_night")
    with dbt_folders(dbt_target):
        for folder in nights:
            live = run(folder, warehouse)
    return live


@pytest.fixture(scope="module")
def at_once(
    nights: list[Path], dbt_target: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The books of all files read at once."""
    with dbt_folders(dbt_target):
        return run(nights[-1], tmp_path_factory.mktemp("at_once"))


def test_every_mart_is_the_same(by_night: Path, at_once: Path) -> None:
    differing = {}
    with duckdb.connect() as con:
        con.execute(f"attach '{by_night}' as one (read_only)")
        con.execute(f"attach '{at_once}' as other (read_only)")
        marts = con.execute(
            "select table_name from information_schema.tables"
            " where table_catalog = 'one' and table_schema = 'marts'"
        ).fetchall()
        for (mart,) in marts:
            if mart not in NOT_COMPARED:
                without = OF_RUNS.get(mart)
                columns = f"* exclude ({without})" if without else "*"
                one = f"select {columns} from one.marts.{mart}"
                other = f"select {columns} from other.marts.{mart}"
                difference = con.execute(
                    f"select count(*) from (({one} except all {other}) union all"
                    f" ({other} except all {one}))"
                ).fetchone()
                if difference and difference[0]:
                    differing[mart] = difference[0]
    assert len(marts) > 40
    assert differing == {}


def test_only_new_files_were_read(by_night: Path, at_once: Path) -> None:
    arrived = "select count(*) from intermediate.int_usage_events__arrived"
    landed = "select count(*) from raw.usage_events"
    last_night = (
        "select sum(row_count) from state.input_files"
        f" where table_name = 'usage_events' and path like '%part_{len(NIGHTS) - 1}%'"
    )
    assert number(by_night, arrived) == number(by_night, last_night)
    assert number(at_once, arrived) == number(at_once, landed)


def test_the_nights_brought_what_is_hard(by_night: Path) -> None:
    """Else the comparison above would prove little."""
    hard = {
        "repeats of an earlier night": """
            select count(*) from intermediate.int_usage_events__set_aside as judged
            inner join state.input_files as files using (file_id)
            where files.is_unread and judged.reason_code = 'DUPLICATE'""",
        "withdrawals of an earlier night's event": """
            select count(*) from intermediate.int_usage_events__set_aside as judged
            inner join state.input_files as files using (file_id)
            where not files.is_unread and judged.known_until_at > files.read_as_of""",
        "late use": """
            select count(*) from marts.fct_usage_daily
            where known_ordinal > service_ordinal""",
    }
    assert {name: number(by_night, query) > 0 for name, query in hard.items()} == (
        dict.fromkeys(hard, True)
    )


def test_what_later_knowledge_cuts_was_read_again(by_night: Path) -> None:
    """Events of an afternoon and of the morning before it lay in one group."""
    assert number(
        by_night,
        "select count(*) from marts.fct_usage_by_period"
        f" where segment_from_at = timestamp '{DEARER_SINCE}'",
    )


def test_events_of_earlier_nights_that_are_now_priced_alone_were_read_again(
    by_night: Path,
) -> None:
    """Until the last night only their sum was kept."""
    assert number(
        by_night,
        "select count(*) from marts.fct_usage_event_quantities as events"
        " inner join marts.fct_usage_rates as rates using (line_segment_number)"
        " inner join staging.stg_prices as prices on prices.price_id = rates.price_id"
        f" where prices.{COUNTED_BY_EVENT} and events.known_ordinal < ("
        " select max(known_ordinal) from marts.fct_usage_event_quantities)",
    )


@pytest.mark.parametrize(
    ("change", "goes_on"),
    [
        ("nothing", True),
        ("an earlier knowledge date", False),
        ("a file that changed", False),
        ("a file that is gone", False),
        ("a full refresh", False),
        ("someone else's row", False),
        ("another company", False),
        ("a macro", False),
        ("a model in Python", False),
        ("a seed", True),
    ],
)
def test_what_can_be_gone_on_from(
    change: str, goes_on: bool, nights: list[Path], by_night: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "inputs"
    shutil.copytree(nights[-1], folder)
    file = sorted((folder / "usage_events").iterdir())[-1]
    if change == "a file that changed":
        with duckdb.connect() as con:
            con.execute(f"create table kept as from '{file}' limit 1000")
            con.execute(f"copy kept to '{file}'")
    if change == "a file that is gone":
        file.unlink()
    project = copy_project(tmp_path / "project")
    if change in CODE:
        with next(project.rglob(CODE[change])).open("a", encoding="utf-8") as code:
            code.write("\n")
    inputs = Inputs(folder, "synthetic" if change == "another company" else OWN)
    live, work = by_night, tmp_path / "work" / by_night.name
    work.parent.mkdir()
    if change == "someone else's row":
        live = tmp_path / by_night.name
        for name in (by_night.name, "published.json"):
            shutil.copy(by_night.with_name(name), live.with_name(name))
        with duckdb.connect(str(live)) as con:
            con.execute("delete from marts.dim_obligations where rowid = 0")
    if change != "a full refresh":
        start_file(live, work, project, inputs.company)
    with open_file(work) as con:
        prepared = prepare(
            con,
            inputs,
            project,
            live.parent,
            as_of=datetime(2025, 4, 1) if "knowledge" in change else None,
            read_all=change == "a full refresh",
        )
        assert prepared.changes
        assert prepared.changes.from_nothing == (not goes_on)
        old = con.execute("select count(*) from state.input_files where not is_unread")
        assert (old.fetchall()[0][0] > 0) == goes_on


def test_the_list_of_tables_is_the_projects() -> None:
    models = project_dir() / "models"
    incremental = {
        path.stem
        for path in models.rglob("*.sql")
        if "materialized='incremental'" in path.read_text(encoding="utf-8")
    }
    assert incremental == set(TABLES)


def run(folder: Path, warehouse: Path) -> Path:
    """Run the main job on a folder; the published file."""
    return execute(
        Inputs(folder.resolve(), OWN), Progress(None), warehouse=warehouse
    ).live


def split_by_recording(company: Path, root: Path, nights: Sequence[str]) -> list[Path]:
    """Copy a company so that each night adds the files of what was recorded by then."""
    folders: list[Path] = []
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        before = "0001-01-01"
        for number_of_night, night in enumerate(nights):
            folder = root / f"night_{number_of_night}"
            if folders:
                shutil.copytree(folders[-1], folder)
            for path in sorted(company.iterdir()):
                if path.name.startswith(("_", "truth")):
                    continue
                files = path / "*.parquet" if path.is_dir() else path
                rows = (
                    f"from read_parquet('{files}', union_by_name = true)"
                    f" where coalesce(recorded_at, timestamp '0001-01-02')"
                    f" > timestamp '{before}' and coalesce(recorded_at, timestamp"
                    f" '0001-01-02') <= timestamp '{night}'"
                )
                found = con.execute(f"select count(*) {rows}").fetchone()
                if (found and found[0]) or not folders:
                    table = folder / path.name.removesuffix(".parquet")
                    table.mkdir(parents=True, exist_ok=True)
                    file = table / f"part_{number_of_night}.parquet"
                    con.execute(f"copy (select * {rows}) to '{file}'")
            folders.append(folder)
            before = night
    return folders


def number(live: Path, query: str) -> int:
    """The one number that a query on a published file gives."""
    with open_file(live, read_only=True) as con:
        row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
