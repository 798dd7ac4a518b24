"""The benchmark's arithmetic and reading, on made-up builds; times decide nothing."""

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from inference_revenue.bench import command, folders, nights
from inference_revenue.bench.children import Ended, run_child
from inference_revenue.bench.folders import Folders, bench_size, make_company
from inference_revenue.bench.measurement import BuildCost, Measurement, Reference
from inference_revenue.bench.nodes import (
    Node,
    Room,
    busy_seconds,
    by_room,
    dearest,
    node_seconds,
    parse_nodes,
    read_nodes,
    wall_seconds,
)
from inference_revenue.bench.reference import time_reference
from inference_revenue.bench.report import overview, report
from inference_revenue.errors import UserError
from inference_revenue.progress import Progress

STARTED = datetime(2026, 3, 1, 10, tzinfo=UTC)
PATHS = {
    "model.p.stg_usage": "models/staging/activity/stg_usage.sql",
    "model.p.int_usage": "models/step_0_evidence/intermediate/int_usage.sql",
    "model.p.fct_usage": "models/step_0_evidence/marts/fct_usage.sql",
    "seed.p.rules": "seeds/policy/rules.csv",
}


def result(unique_id: str, begin: float, seconds: float) -> dict[str, Any]:
    """A node that compiled for a tenth of its time and then executed."""

    def at(offset: float) -> str:
        return f"{STARTED + timedelta(seconds=offset):%Y-%m-%dT%H:%M:%S.%fZ}"

    middle, end = begin + seconds / 10, begin + seconds
    return {
        "unique_id": unique_id,
        "status": "success",
        "execution_time": seconds,
        "timing": [
            {"name": "compile", "started_at": at(begin), "completed_at": at(middle)},
            {"name": "execute", "started_at": at(middle), "completed_at": at(end)},
        ],
    }


RESULTS = {
    "results": [
        result("operation.p.p-on-run-start-0", 0, 0.5),
        result("seed.p.rules", 1, 0.25),
        result("model.p.stg_usage", 1, 4),
        result("model.p.int_usage", 2, 2),
        result("model.p.fct_usage", 5, 1.25),
        {
            "unique_id": "model.p.fct_skipped.v2",
            "status": "skipped",
            "execution_time": 0.0,
            "timing": [],
        },
    ]
}
MANIFEST = {
    "nodes": {
        **{name: {"original_file_path": path} for name, path in PATHS.items()},
        "model.p.fct_skipped.v2": {"original_file_path": "models/at_top.sql"},
        "operation.p.p-on-run-start-0": {"original_file_path": "./dbt_project.yml"},
    }
}


@pytest.fixture
def nodes() -> list[Node]:
    return parse_nodes(RESULTS, MANIFEST)


@pytest.fixture
def measured(nodes: list[Node]) -> Measurement:
    """Bare query warm: 0.4, 0.6 before and 0.5, 0.7 after, so 0.55."""
    before = Reference(1_234_567, 5_000, 98_765, (3.0, 0.4, 0.6))
    return Measurement(
        before=before,
        after=replace(before, seconds=(9.0, 0.5, 0.7)),
        build=BuildCost(STARTED, 1.5, 12.25, 20.5, 3 * 1024**3 // 2, "green"),
        nodes=tuple(nodes),
    )


def test_a_node_has_its_folder_as_room_and_its_own_name(nodes: list[Node]) -> None:
    assert [(node.name, node.room) for node in nodes] == [
        ("p-on-run-start-0", "hooks"),
        ("rules", "seeds"),
        ("stg_usage", "staging"),
        ("int_usage", "step_0_evidence"),
        ("fct_usage", "step_0_evidence"),
        ("fct_skipped.v2", "models"),
    ]


def test_nodes_at_once_count_twice_in_the_sum_and_once_on_the_wall(
    nodes: list[Node],
) -> None:
    assert node_seconds(nodes) == 8.0
    assert wall_seconds(nodes) == 6.25


def test_a_gap_between_nodes_is_not_busy() -> None:
    def ran(first: int, last: int) -> Node:
        begin = STARTED + timedelta(seconds=first)
        return Node("n", "room", 1.0, begin, STARTED + timedelta(seconds=last))

    # 0 to 4 with another inside it and one over its end, then a pause until 10
    ran_nodes = [ran(10, 11), ran(1, 2), ran(0, 4), ran(3, 6)]
    assert busy_seconds(ran_nodes) == 7.0
    assert wall_seconds(ran_nodes) == 11.0
    assert busy_seconds([]) == 0.0


def test_a_node_that_was_only_passed_has_no_times(nodes: list[Node]) -> None:
    assert (nodes[-1].started_at, nodes[-1].ended_at) == (None, None)
    assert wall_seconds(nodes[-1:]) == 0.0
    assert wall_seconds([]) == 0.0


def test_a_node_starts_with_compiling_and_ends_with_executing(
    nodes: list[Node],
) -> None:
    assert nodes[2].started_at == STARTED + timedelta(seconds=1)
    assert nodes[2].ended_at == STARTED + timedelta(seconds=5)


def test_rooms_hold_all_nodes_dearest_first(nodes: list[Node]) -> None:
    assert by_room(nodes) == [
        Room("staging", 1, 4.0),
        Room("step_0_evidence", 2, 3.25),
        Room("hooks", 1, 0.5),
        Room("seeds", 1, 0.25),
        Room("models", 1, 0.0),
    ]
    assert sum(room.seconds for room in by_room(nodes)) == node_seconds(nodes)


def test_dearest_are_the_longest_then_by_name(nodes: list[Node]) -> None:
    named = [replace(nodes[0], name=name) for name in ("b", "a")]
    assert [n.name for n in dearest([*named, *nodes], 5)] == [
        "stg_usage",
        "int_usage",
        "fct_usage",
        "a",
        "b",
    ]


def test_nodes_are_read_from_a_target_folder(tmp_path: Path, nodes: list[Node]) -> None:
    (tmp_path / "run_results.json").write_text(json.dumps(RESULTS))
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    assert read_nodes(tmp_path) == nodes


def test_ratios_take_the_median_of_the_warm_runs_of_both_sides(
    measured: Measurement,
) -> None:
    assert measured.bare_seconds == pytest.approx(0.55)
    assert measured.ratio == pytest.approx(8.0 / 0.55)
    assert measured.wall_ratio == pytest.approx(6.25 / 0.55)


def test_the_report_says_every_figure_with_its_unit(measured: Measurement) -> None:
    lines = [line.split() for line in report(measured).splitlines()]
    said = {" ".join(line) for line in lines}
    assert said >= {
        "1,234,567 events, 5,000 contracts",
        "bare query 0.550 s 98,765 groups; before 0.400 0.600, after 0.500 0.700",
        "nodes, sum 8.00 s 14.55 times the bare query",
        "nodes, wall 6.25 s 11.36 times the bare query",
        "peak memory 1.50 GiB",
        "landing 1.50 s",
        "whole job 12.25 s 20.50 s of processor; controls green",
        "dearest of 6 nodes",
        "stg_usage 4.00 s 50.0%",
        "step_0_evidence (2) 3.25 s 40.6%",
    }


def test_the_report_stands_without_landing_time_or_nodes(
    measured: Measurement,
) -> None:
    build = replace(measured.build, landing_seconds=None)
    text = report(replace(measured, build=build, nodes=()))
    assert "landing      ?" in text
    assert "dearest of 0 nodes" in text


def test_the_report_lists_twelve_nodes(measured: Measurement) -> None:
    many = tuple(replace(measured.nodes[2], name=f"node_{n:02}") for n in range(20))
    text = report(replace(measured, nodes=many))
    assert text.count("node_") == 12


def test_the_overview_has_a_line_a_size(measured: Measurement) -> None:
    rows = [line.split() for line in overview([measured, measured]).splitlines()]
    row = ["1,234,567", "0.550", "8.00", "14.55", "11.36", "1.50"]
    assert [found for found in rows if found[:1] == row[:1]] == [row, row]


def test_the_json_holds_what_the_report_says(measured: Measurement) -> None:
    said = json.loads(json.dumps(measured.as_json(), default=str))
    assert said["events"] == 1_234_567
    assert said["bare_seconds_after"] == [9.0, 0.5, 0.7]
    assert said["peak_bytes"] == 1_610_612_736
    assert said["ratio"] == pytest.approx(8.0 / 0.55)
    assert [node["name"] for node in said["nodes"]][1] == "rules"
    assert said["rooms"][0] == {"name": "staging", "nodes": 1, "seconds": 4.0}


def write_company(folder: Path) -> None:
    """Two files of events: three groups, two of them one customer's on two days."""
    (folder / "usage_events").mkdir(parents=True)
    rows = {
        "one": "('a', 'tokens', 5, '2026-01-01 23:59'), ('a', 'tokens', 7,"
        " '2026-01-01 00:00'), ('a', 'tokens', 1, '2026-01-02 00:00')",
        "two": "('b', 'tokens', 3, '2026-01-01 12:00')",
    }
    with duckdb.connect() as con:
        for name, values in rows.items():
            con.execute(
                "copy (select customer_id, meter_id, quantity, occurred_at::timestamp"
                f" as occurred_at from (values {values})"
                " as t(customer_id, meter_id, quantity, occurred_at))"
                f" to '{folder}/usage_events/{name}.parquet' (format parquet)"
            )
        con.execute(
            "copy (select unnest(['x', 'x', 'y']) as contract_id)"
            f" to '{folder}/contracts.parquet' (format parquet)"
        )


def test_the_bare_query_groups_by_customer_meter_and_day(tmp_path: Path) -> None:
    write_company(tmp_path)
    said = time_reference(tmp_path, runs=2)
    assert (said["events"], said["groups"], said["contracts"]) == (4, 3, 2)
    assert len(said["seconds"]) == 2
    assert min(said["seconds"]) > 0


def test_a_job_apart_answers_and_says_what_it_used(tmp_path: Path) -> None:
    write_company(tmp_path)
    ended = run_child("reference", [str(tmp_path)])
    assert Reference.of(ended.answer).groups == 3
    assert len(ended.answer["seconds"]) == 3
    assert 10 * 1024**2 < ended.peak_bytes < 4 * 1024**3
    assert ended.cpu_seconds > 0


def test_a_job_that_cannot_go_on_says_why(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    with pytest.raises(UserError, match="lacks the required tables customers"):
        run_child("build", [str(tmp_path / "raw"), str(tmp_path / "warehouse")])


def test_a_company_keeps_the_proportions_of_the_large_one() -> None:
    size = bench_size(1_000_000, 5_000)
    assert (size.customers, size.contracts) == (3_600, 5_000)
    assert (size.events, size.months) == (1_000_000, 18)
    assert bench_size(20_000, 36).customers == 25
    with pytest.raises(UserError, match="at least 32 contracts"):
        bench_size(20_000, 10)


def test_a_company_is_made_once_and_again_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def write(job: str, arguments: list[str]) -> Ended:
        made.append([job, *arguments[1:]])
        Path(arguments[0]).mkdir(parents=True)
        return Ended({}, 0, 0.0)

    monkeypatch.setattr(folders, "run_child", write)
    size = bench_size(20_000, 36)
    where = Folders.of(tmp_path, size, 7)
    quiet = Progress(None)
    assert make_company(where, size, 7, quiet, is_fresh=False) is None
    assert make_company(where, size, 7, quiet, is_fresh=False) is None
    assert made == [["company", "25", "36", "20000", "7"]]
    assert where.company.is_dir()
    assert make_company(where, size, 7, quiet, is_fresh=True) is None
    assert len(made) == 2
    assert Folders.of(tmp_path, size, 8).company != where.company


def test_a_company_older_than_its_maker_is_used_with_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = bench_size(20_000, 36)
    where = Folders.of(tmp_path, size, 7)
    where.company.mkdir(parents=True)
    marker = where.company / folders.MARKER
    marker.write_text("{}")
    monkeypatch.setattr(folders, "_newest_simulator", lambda: time.time() - 60)
    assert make_company(where, size, 7, Progress(None), is_fresh=False) is None
    os.utime(marker, (0, 0))
    note = make_company(where, size, 7, Progress(None), is_fresh=False)
    assert note is not None
    assert "--fresh" in note


def test_the_build_stands_between_two_bare_queries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing that an earlier build left is used: neither its books nor its times."""
    jobs = []

    def pretend(
        job: str, arguments: list[str], *, environment: dict[str, str] | None = None
    ) -> Ended:
        jobs.append(job)
        if job == "company":
            Path(arguments[0]).mkdir(parents=True)
            return Ended({}, 0, 0.0)
        if job == "reference":
            counted = {"events": 20_004, "contracts": 36, "groups": 10}
            return Ended({**counted, "seconds": [2.0, 1.0, 1.0]}, 0, 0.0)
        assert environment is not None
        assert not Path(arguments[1]).exists()
        target = Path(environment["DBT_TARGET_PATH"])
        assert not (target / "run_results.json").exists()
        target.mkdir(parents=True, exist_ok=True)
        Path(arguments[1]).mkdir()
        (target / "run_results.json").write_text(json.dumps(RESULTS))
        (target / "manifest.json").write_text(json.dumps(MANIFEST))
        answer = {"started_at": STARTED.isoformat(), "landing_seconds": 0.5}
        return Ended({**answer, "seconds": 9.0, "outcome": "amber"}, 1024**3, 11.0)

    monkeypatch.setenv("INFERENCE_REVENUE_WAREHOUSE", str(tmp_path))
    monkeypatch.setattr(folders, "run_child", pretend)
    monkeypatch.setattr(command, "run_child", pretend)
    monkeypatch.setattr(nights, "run_child", pretend)
    arguments = ["--events", "20_000", "30_000", "--contracts", "36"]
    assert command.main(arguments) == 0
    one_size = ["reference", "build", "reference"]
    assert jobs == ["company", *one_size] * 2
    jobs.clear()
    assert command.main(arguments) == 0
    assert jobs == one_size * 2
    said = json.loads((tmp_path / "bench" / "last_bench.json").read_text())
    assert [size["ratio"] for size in said["sizes"]] == [8.0, 8.0]
    assert said["sizes"][0]["nights"] == []
    assert said["cores"] == 2
    assert "8.00 times the bare query" in capsys.readouterr().out


def test_nights_are_added_to_a_copy_and_built_with_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = []

    def pretend(
        job: str, arguments: list[str], *, environment: dict[str, str] | None = None
    ) -> Ended:
        jobs.append(job)
        folder = Path(arguments[0])
        if job == "company":
            write_company(folder)
            return Ended({}, 0, 0.0)
        assert folder.name == "company_and_nights"
        if job == "night":
            (folder / "usage_events" / f"{len(jobs)}.parquet").write_text("")
            return Ended({"usage_events": 210, "new": 195}, 0, 0.0)
        if job == "reference":
            counted = {"events": 20_004, "contracts": 36, "groups": 10}
            return Ended({**counted, "seconds": [2.0, 1.0, 1.0]}, 0, 0.0)
        assert environment is not None
        assert Path(arguments[1]).exists() == ("night" in jobs)
        Path(arguments[1]).mkdir(exist_ok=True)
        target = Path(environment["DBT_TARGET_PATH"])
        target.mkdir(parents=True, exist_ok=True)
        (target / "run_results.json").write_text(json.dumps(RESULTS))
        (target / "manifest.json").write_text(json.dumps(MANIFEST))
        answer = {"started_at": STARTED.isoformat(), "landing_seconds": 0.5}
        return Ended({**answer, "seconds": 9.0, "outcome": "green"}, 1024**3, 11.0)

    monkeypatch.setenv("INFERENCE_REVENUE_WAREHOUSE", str(tmp_path))
    for module in (folders, command, nights):
        monkeypatch.setattr(module, "run_child", pretend)
    arguments = ["--events", "20_000", "--contracts", "36", "--nights", "2"]
    assert command.main(arguments) == 0
    first = ["company", "reference", "build", "reference"]
    assert jobs == [*first, "night", "build", "night", "build"]
    (company,) = (tmp_path / "bench").glob("*/company")
    assert len(list((company / "usage_events").iterdir())) == 2
    said = json.loads((tmp_path / "bench" / "last_bench.json").read_text())
    assert [night["new_rows"] for night in said["sizes"][0]["nights"]] == [210, 210]
    assert "night 2:          210 new rows     8.00 s of nodes, 100%" in (
        capsys.readouterr().out
    )
