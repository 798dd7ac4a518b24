"""However a run ends, the last books are served, the next run is whole and tells."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference_revenue.cli import main
from inference_revenue.retry import FailedBuild
from inference_revenue.saved_state import saved_tables
from small_project import write_inputs, write_project
from small_runs import Warehouse

RUNS = (
    "select outcome, exit_code, error is null from state.runs"
    " order by started_at, rowid"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in project; one for all tests, so that dbt parses it once."""
    folder = tmp_path_factory.mktemp("project")
    write_project(folder)
    return folder


@pytest.fixture
def warehouse(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Warehouse]:
    monkeypatch.setenv("INFERENCE_REVENUE_PROJECT", str(made))
    monkeypatch.setenv("INFERENCE_REVENUE_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("INFERENCE_REVENUE_WORK_FILE", "set and put back")
    monkeypatch.setenv("DBT_TARGET_PATH", str(made / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(made / "logs"))
    yield Warehouse(tmp_path / "warehouse")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return write_inputs(tmp_path / "raw", "01 5")


# Where a run can be killed, and whether its result is served then.
PLACES = {
    "prepare:land": False,
    "landing:pin_rows": False,
    "runner:run_dbt": False,
    "dbt_process:_Counter.__call__": False,
    "runner:store_posted": False,
    "publish:stage_state": False,
    "saved_state:promote": False,  # called by settle as well, before anything else
    "publish:os.fsync": False,
    "publish:promote": True,
    "runner:RunJournal.published": True,
}


@pytest.mark.parametrize(("place", "is_served"), PLACES.items())
def test_a_killed_run_leaves_whole_books(
    warehouse: Warehouse, raw: Path, place: str, is_served: bool
) -> None:
    assert warehouse.run(raw) == 0
    total = "select sum(amount)::integer from marts.fct_revenue_recognised"
    write_inputs(raw, "01 5, 02 4", closed=2)
    if place == "saved_state:promote":  # something must be there to settle
        staged = warehouse.folder / "state" / "own.next"
        shutil.copytree(warehouse.folder / "state" / "own", staged)
    with warehouse.run_held_at(place, raw) as process:
        process.kill()
    assert warehouse.query(total) == [(9 if is_served else 5,)]
    assert warehouse.query("select count(*) from state.seals") == [
        (2 if is_served else 1,)
    ]

    assert warehouse.run(raw) == 0
    assert warehouse.query(total) == [(9,)]
    assert warehouse.query("select count(*) from state.seals") == [(2,)]
    middle = ("green", 0, True) if is_served else ("interrupted", None, False)
    assert warehouse.query(RUNS) == [("green", 0, True), middle, ("green", 0, True)]
    # What was killed left nothing lying about.
    assert list((warehouse.folder / "runs").iterdir()) == []
    assert [path.name for path in (warehouse.folder / "state").iterdir()] == ["own"]

    # And the copy of the state knows the same.
    saved = saved_tables(warehouse.folder / "state" / "own")
    assert warehouse.query(f"select count(*) from {saved['seals']}") == [(2,)]
    assert warehouse.query(f"select count(*) from {saved['runs']}") == [(3,)]


def test_a_second_run_says_who_holds_the_warehouse(
    warehouse: Warehouse, raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with warehouse.run_held_at("runner:run_dbt", raw) as process:
        assert warehouse.run(raw) == 1
        error = capsys.readouterr().err
        assert f"Another run (process {process.pid} on " in error
        assert f", building from {raw}) holds {warehouse.folder}" in error
    # What a killed run leaves of its lock stops nobody.
    assert (warehouse.folder / "run.lock.json").exists()
    assert warehouse.run(raw) == 0


def test_exit_codes_and_what_is_left_of_each_run(
    warehouse: Warehouse, raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert warehouse.run(raw) == 0
    (raw / "customers.csv").rename(raw / "kept")
    assert warehouse.run(raw) == 1  # before anything was landed
    assert warehouse.last_run["outcome"] == "not published"
    assert "lacks the required table customers" in warehouse.last_run["error"]
    (raw / "kept").rename(raw / "customers.csv")
    write_inputs(raw, "01 5, 02 many")
    assert warehouse.run(raw) == 1  # in the build
    assert 'Could not convert string "many"' in warehouse.last_run["error"]
    write_inputs(raw, "01 5, 02 -1, 03 13")
    capsys.readouterr()
    assert warehouse.run(raw, "--json") == 2
    said = json.loads(capsys.readouterr().out)
    assert warehouse.last_run["run_id"] == said["run_id"]
    assert {"outcome": "red", "exit_code": 2}.items() <= warehouse.last_run.items()

    assert warehouse.query(RUNS) == [
        ("green", 0, True),
        ("failed", 1, False),
        ("failed", 1, False),
        ("red", 2, True),
    ]
    assert warehouse.query(
        "select outcome, path, files.row_count, files.rejected_row_count, is_new"
        " from state.run_files as files inner join state.runs using (run_id)"
        " where table_name = 'usage_events' order by started_at, runs.rowid"
    ) == [
        ("green", "usage_events.csv", 1, 0, True),
        ("failed", "usage_events.csv", 2, None, True),
        ("red", "usage_events.csv", 3, 1, True),
    ]
    # The saved copy knows them as well.
    warehouse.live.unlink()
    write_inputs(raw, "01 5")
    warehouse.run(raw)
    assert len(warehouse.query(RUNS)) == 5


def test_a_full_refresh_keeps_what_was_posted(warehouse: Warehouse, raw: Path) -> None:
    assert warehouse.run(raw) == 0
    before = warehouse.query("from state.seals")
    loads = "select path, first_loaded_at from state.input_files order by 1"
    first_loads = warehouse.query(loads)
    assert warehouse.run(raw, "--full-refresh") == 0
    assert warehouse.query("from state.seals") == before
    assert warehouse.query(loads) == first_loads


@pytest.mark.parametrize(("says", "keeps"), [("1", True), ("0", False)])
def test_a_night_may_be_told_to_keep_nothing(
    warehouse: Warehouse,
    raw: Path,
    monkeypatch: pytest.MonkeyPatch,
    says: str,
    keeps: bool,
) -> None:
    monkeypatch.setenv("INFERENCE_REVENUE_KEEP_UNCHANGED", says)
    assert warehouse.run(raw) == 0
    assert warehouse.run(raw) == 0
    kept_nodes = "select kept_node_count > 0 from state.runs"
    assert warehouse.query(kept_nodes) == [(False,), (keeps,)]


@pytest.fixture
def broken(made: Path) -> Iterator[Path]:
    """A model that fails; put right at the end."""
    model = made / "models" / "marts" / "fct_contract_balances.sql"
    good = model.read_text()
    model.write_text(good.replace("-amount as", "-amuont as"))
    yield model
    model.write_text(good)


def mend(model: Path) -> None:
    model.write_text(model.read_text().replace("-amuont as", "-amount as"))


def test_a_mended_build_goes_on_where_it_failed(
    warehouse: Warehouse, raw: Path, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert warehouse.run(raw) == 1
    assert warehouse.run(raw, "--retry") == 1  # not mended yet
    mend(broken)
    capsys.readouterr()
    assert warehouse.run(raw, "--retry") == 0
    said = capsys.readouterr().out
    assert "Going on with the build that failed" in said
    assert "Built 1 nodes" in said
    assert warehouse.query(RUNS) == [
        ("failed", 1, False),
        ("failed", 1, False),
        ("green", 0, True),
    ]
    assert warehouse.query("select count(*) from state.seals") == [(1,)]
    # Other code had built what passed, so all is built again; only then nodes are kept.
    for kept in (False, True):
        assert warehouse.run(raw) == 0
        kept_nodes = "select kept_node_count > 0 from state.runs"
        assert warehouse.query(kept_nodes)[-1] == (kept,)
    assert warehouse.run(raw, "--retry") == 1
    assert "There is no build to go on with" in capsys.readouterr().err


@pytest.mark.parametrize("change", ["inputs", "live", "nothing failed", "as of"])
def test_a_retry_goes_on_with_nothing_else(
    warehouse: Warehouse,
    raw: Path,
    broken: Path,
    capsys: pytest.CaptureFixture[str],
    change: str,
) -> None:
    options = ["--retry"]
    if change == "nothing failed":
        said = "no build failed here"
    else:
        assert warehouse.run(raw) == 1
    if change == "inputs":
        write_inputs(raw, "01 6")
        said = "usage_events.csv has changed since"
    elif change == "live":
        kept = shutil.copytree(warehouse.folder / "work", warehouse.folder / "kept")
        mend(broken)
        assert warehouse.run(raw) == 0
        shutil.rmtree(warehouse.folder / "work")
        kept.rename(warehouse.folder / "work")
        said = "another run was published since"
    elif change == "as of":
        options += ["--as-of", "2026-03-31"]
        said = "give it alone"
    capsys.readouterr()
    assert warehouse.run(raw, *options) == 1
    assert said in capsys.readouterr().err


def test_a_run_from_the_start_forgets_the_failed_build(
    warehouse: Warehouse, raw: Path, broken: Path
) -> None:
    assert warehouse.run(raw) == 1
    failed = FailedBuild(warehouse.folder / "work" / "inference_revenue.duckdb")
    assert failed.results.is_dir()
    mend(broken)
    assert warehouse.run(raw) == 0
    assert not failed.results.exists()


def test_a_backup_of_the_state_is_restored(
    warehouse: Warehouse, raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert warehouse.run(raw) == 0
    backup = shutil.copytree(warehouse.folder / "state" / "own", tmp_path / "backup")
    assert main(["restore", "--from", str(backup)]) == 1
    assert "move it away if the backup is to be used" in capsys.readouterr().err
    shutil.rmtree(warehouse.folder)  # the machine is lost
    assert main(["restore", "--from", str(backup)]) == 0
    write_inputs(raw, "01 6")
    assert warehouse.run(raw) == 2  # the seal of what was posted came along
    assert "sealed, but the books built differ" in capsys.readouterr().out
