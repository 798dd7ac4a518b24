"""A run publishes whole results or nothing, and says which."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from filelock import FileLock

from inference_revenue import landing, summary
from inference_revenue.cli import main
from small_project import write_inputs, write_project

Run = Callable[..., int]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in project; one for all tests, so that dbt parses it once."""
    folder = tmp_path_factory.mktemp("project")
    write_project(folder)
    return folder


@pytest.fixture
def warehouse(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    monkeypatch.setenv("INFERENCE_REVENUE_PROJECT", str(project))
    monkeypatch.setenv("INFERENCE_REVENUE_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("INFERENCE_REVENUE_WORK_FILE", "set and put back")
    yield tmp_path / "warehouse"


def live(warehouse: Path) -> Path:
    return warehouse / "inference_revenue.duckdb"


def query(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(live(warehouse)), read_only=True) as con:
        return con.execute(sql).fetchall()


def last_run(warehouse: Path) -> dict[str, object]:
    said: dict[str, object] = json.loads((warehouse / "last_run.json").read_text())
    return said


def test_a_run_publishes_and_a_second_changes_nothing(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5, 02 7, 03 13")
    assert main(["run", "--raw", str(raw)]) == 0
    said = capsys.readouterr().out
    assert "Landed 7 rows from 3 files, as of 2026-04-02 00:00:00 UTC" in said
    assert "7 of 7" in said
    assert "Open periods of e1: 2026-02 to 2026-03 (2); 2026-03 is a flash" in said
    assert "Controls: 0 red, 0 amber, 3 green" in said
    assert "Stored and sealed: e1 2026-01" in said
    assert said.rstrip().endswith(f"Published: {live(warehouse)}")
    assert [line.split() for line in said.splitlines() if "asc606" in line] == [
        ["asc606", "USD", "20.00", "0.00", "0.00", "20.00"],
        ["asc606", "USD", "contract_liability", "-7.00", "13.00"],
    ]
    assert ["usage_events", "3", "1", "0", "0"] in [
        x.split() for x in said.splitlines()
    ]
    # A view keeps working in the published file.
    journal = "select period_id, debit_amount from marts.fct_journal_lines order by all"
    first = query(warehouse, journal)
    assert [period for period, _ in first] == ["2026-01", "2026-02", "2026-03"]
    loads = (
        "select path, content_hash, first_loaded_at from state.input_files order by 1"
    )
    first_loads = query(warehouse, loads)
    assert last_run(warehouse)["exit_code"] == 0
    assert not (warehouse / "work" / "inference_revenue.duckdb").exists()

    assert main(["run", "--raw", str(raw), "--json"]) == 0
    out, err = capsys.readouterr()
    said_json = json.loads(out)
    assert said_json["revenue"][0]["amount"] == "20.00"
    assert said_json["sealed_periods"] == []
    assert "Carried 1 sealed periods from inference_revenue.duckdb" in err
    assert query(warehouse, journal) == first
    assert query(warehouse, loads) == first_loads
    assert query(warehouse, "select count(*), min(outcome) from state.runs") == [
        (2, "green")
    ]

    assert main(["summary"]) == 0
    assert "Controls: 0 red, 0 amber, 3 green" in capsys.readouterr().out

    # Without the live file the closed periods come back from Parquet.
    live(warehouse).unlink()
    assert main(["run", "--raw", str(raw)]) == 0
    assert "Carried 1 sealed periods from state/own" in capsys.readouterr().out
    assert query(warehouse, "select count(*) from state.seals") == [(1,)]


def test_old_duckdb_can_open_what_is_published(warehouse: Path, tmp_path: Path) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    assert main(["run", "--raw", str(raw)]) == 0
    # Bytes 12 to 20 hold the format; 64 is that of DuckDB 0.9.2 to 1.1.
    version = int.from_bytes(live(warehouse).read_bytes()[12:20], "little")
    assert version <= 68


def test_a_red_control_is_published_but_seals_nothing(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5, 02 -1, 03 2000")
    assert main(["run", "--raw", str(raw)]) == 2
    said = capsys.readouterr().out
    assert "Controls: 1 red, 1 amber, 1 green" in said
    assert "red   no_negative_usage (1)" in said
    assert "Published, with a blocking control red" in said
    assert query(warehouse, "select count(*) from state.seals") == [(0,)]
    assert last_run(warehouse)["outcome"] == "red"


def test_a_changed_closed_period_is_red(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5, 02 7")
    assert main(["run", "--raw", str(raw)]) == 0
    write_inputs(raw, "01 6, 02 7")
    assert main(["run", "--raw", str(raw)]) == 2
    said = capsys.readouterr().out
    assert "red   sealed_periods_unchanged (1)" in said
    assert "e1 2026-01 is sealed, but the books built differ from it" in said
    changed = "select path from state.input_files where changed_from_hash is not null"
    assert query(warehouse, changed) == [("usage_events.csv",)]


def test_a_failed_build_leaves_what_was_published(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    assert main(["run", "--raw", str(raw)]) == 0
    before = live(warehouse).read_bytes()
    write_inputs(raw, "01 many")
    assert main(["run", "--raw", str(raw)]) == 1
    error = capsys.readouterr().err
    assert "The build failed, so nothing was published:\nint_quantities: " in error
    assert 'Could not convert string "many" to DECIMAL(38,9)' in error
    assert "Traceback" not in error
    assert live(warehouse).read_bytes() == before
    said = last_run(warehouse)
    assert said["outcome"] == "not published"
    assert said["exit_code"] == 1
    # What the failed run left does not disturb the next one.
    write_inputs(raw, "01 5")
    assert main(["run", "--raw", str(raw)]) == 0


def test_inputs_that_cannot_be_landed_stop_before_the_build(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    (raw / "customers.csv").write_text("customer_id\nc1\n")
    assert main(["run", "--raw", str(raw)]) == 1
    assert capsys.readouterr().err == (
        "Error: Required columns are missing: customers.csv (table customers) lacks "
        "source_system, recorded_at.\n"
    )
    assert not live(warehouse).exists()
    assert last_run(warehouse)["exit_code"] == 1


def test_with_tests_a_failing_test_publishes_nothing(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    usage = raw / "usage_events.csv"
    usage.write_text(usage.read_text() + usage.read_text().splitlines()[1])
    assert main(["run", "--raw", str(raw), "--with-tests"]) == 1
    assert "unique_int_quantities_event_id: Got 1 result" in capsys.readouterr().err
    assert main(["run", "--raw", str(raw)]) == 0


def test_a_database_error_after_the_build_is_one_sentence(
    warehouse: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    monkeypatch.setattr(summary, "REVENUE", "select nothing from nowhere")
    assert main(["run", "--raw", str(raw)]) == 1
    assert capsys.readouterr().err.startswith(
        "Error: The database stopped the run: Catalog Error: Table with name nowhere"
    )
    assert not live(warehouse).exists()


def test_as_of_reaches_the_models(warehouse: Path, tmp_path: Path) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    assert main(["run", "--raw", str(raw), "--as-of", "2026-03-31"]) == 0
    assert query(warehouse, "select as_of::varchar from state.run_context") == [
        ("2026-04-01 00:00:00",)
    ]


def test_a_trial_company_and_the_own_do_not_mix(
    warehouse: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = ModuleType("company")
    module.__dict__["write_company"] = lambda folder, **_: write_inputs(folder, "02 9")
    monkeypatch.setitem(sys.modules, "inference_revenue.simulate.company", module)
    raw = write_inputs(tmp_path / "raw", "01 5")
    assert main(["run", "--raw", str(raw)]) == 0
    assert main(["run"]) == 0
    assert f"Note: this replaces the books of {raw}" in capsys.readouterr().out
    assert query(warehouse, "select count(*) from state.runs") == [(1,)]
    assert main(["run", "--raw", str(raw)]) == 0
    assert "Carried 1 sealed periods from state/own" in capsys.readouterr().out
    assert query(warehouse, "select count(*) from state.runs") == [(2,)]


def test_one_run_at_a_time(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    warehouse.mkdir()
    (warehouse / "run.lock.json").write_text(
        '{"pid": 77, "host": "books", "since": "2026-04-01 10:00:00 UTC"}'
    )
    with FileLock(warehouse / "run.lock"):
        assert main(["run", "--raw", str(raw)]) == 1
    error = capsys.readouterr().err
    assert "Another run (process 77 on books, since 2026-04-01 10:00:00 UTC)" in error
    assert not (warehouse / "last_run.json").exists()


def test_a_work_file_in_use_is_left_alone(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    (warehouse / "work").mkdir(parents=True)
    path = warehouse / "work" / "inference_revenue.duckdb"
    code = (
        f"import duckdb; c = duckdb.connect({str(path)!r})\n"
        "print(1, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert main(["run", "--raw", str(raw)]) == 1
        other.communicate(b"\n")
    assert "is being built by another process" in capsys.readouterr().err


def test_readers_keep_what_they_have_open(warehouse: Path, tmp_path: Path) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    assert main(["run", "--raw", str(raw)]) == 0
    code = (
        f"import duckdb; c = duckdb.connect({str(live(warehouse))!r}, read_only=True)\n"
        "q = 'select sum(amount)::integer from marts.fct_revenue_recognised'\n"
        "print(c.execute(q).fetchone()[0], flush=True); input()\n"
        "print(c.execute(q).fetchone()[0], flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"5\n"
        write_inputs(raw, "01 5, 02 4")
        assert main(["run", "--raw", str(raw)]) == 0
        assert reader.communicate(b"\n")[0] == b"5\n"
    assert query(
        warehouse, "select sum(amount)::integer from marts.fct_revenue_recognised"
    ) == [(9,)]


def test_plain_dbt_lands_once_and_publishes_nothing(
    project: Path, warehouse: Path, tmp_path: Path
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    work = warehouse / "work" / "inference_revenue.duckdb"
    env = {
        **os.environ,
        "INFERENCE_REVENUE_RAW": str(raw),
        "INFERENCE_REVENUE_WORK_FILE": str(work),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }

    def dbt(*command: str) -> str:
        where = ["--project-dir", str(project), "--profiles-dir", str(project)]
        done = subprocess.run(
            [sys.executable, "-m", "dbt.cli.main", *command, *where],
            env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout + done.stderr

    assert "Landing" not in dbt("parse")
    assert not work.exists()
    said = dbt("build", "--threads", "4")
    assert f"Landing {raw}" in said
    assert "Completed successfully" in said
    assert "Landing" not in dbt("build", "--select", "int_quantities")
    assert not live(warehouse).exists()

    (raw / "customers.csv").unlink()
    work.unlink()
    said = dbt("build")
    assert "lacks the required table customers" in said
    assert "Traceback" not in said


def test_land_prepares_a_work_file_for_dbt(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")
    assert main(["land", "--raw", str(raw)]) == 0
    assert "Landed 5 rows from 3 files" in capsys.readouterr().out
    work = warehouse / "work" / "inference_revenue.duckdb"
    with duckdb.connect(str(work)) as con:
        assert con.execute("select count(*) from raw.usage_events").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["summary"], "Nothing was published yet"),
        (["run", "--raw", "/no/such/folder"], "The input folder /no/such/folder does"),
        (["run", "--as-of", "soon"], "The as-of date 'soon' is neither an ISO date"),
    ],
)
def test_commands_fail_in_one_sentence(
    warehouse: Path,
    command: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(command) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"Error: {said}")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["rum"], "invalid choice: 'rum'"),
        (["run", "--row", "raw"], "unrecognized arguments: --row raw"),
        (["check"], "the following arguments are required"),
    ],
)
def test_a_command_not_understood_has_published_nothing(
    command: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", ["run", "check"])
def test_what_the_file_system_refuses_is_one_sentence(
    warehouse: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    raw = write_inputs(tmp_path / "raw", "01 5")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "customers.csv")

    monkeypatch.setattr(landing, "content_hashes", full)
    command = ["run", "--raw", str(raw)] if name == "run" else ["check", str(raw)]
    assert main(command) == 1
    error = capsys.readouterr().err
    assert error.splitlines()[-1] == (
        "Error: The file system refused: No space left on device (customers.csv)."
    )
    assert "Traceback" not in error
    if name == "run":
        assert last_run(warehouse)["exit_code"] == 1
