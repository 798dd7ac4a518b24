"""Each run set in words selects what its words say, and what that needs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from built_books import dbt_folders
from inference_revenue.dbt_process import QUIET
from inference_revenue.paths import project_dir

PROJECT = project_dir()
SELECTORS = yaml.safe_load((PROJECT / "selectors.yml").read_text(encoding="utf-8"))

# What each must select, and what it must leave out.
SELECTS = {
    "front_door": ("stg_contracts stg_usage_events currencies", "dim_contracts"),
    "verdicts": ("fct_rejected_rows stg_contracts", "fct_revenue_waterfall"),
    "evidence": ("fct_usage_daily stg_usage_events", "fct_price_allocations"),
    "recognition": (
        "stg_contracts fct_usage_daily dim_obligations fct_price_allocations"
        " fct_revenue_waterfall fct_revenue_recognised",
        "fct_journal_lines fct_exceptions",
    ),
    "ledger": (
        "int_postings fct_journal_lines fct_contract_balances posting_rules",
        "fct_exceptions rpt_close_summary",
    ),
    "close": (
        "rpt_close_summary fct_control_results fct_exceptions fct_runs"
        " fct_journal_lines stg_contracts chk_journal_balances",
        "",
    ),
    "controls": (
        "chk_journal_balances fct_control_results fct_rejected_rows",
        "stg_contracts fct_journal_lines",
    ),
    "unit_tests": ("", "fct_journal_lines stg_contracts"),
}


WHERE = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]


@pytest.fixture(scope="module")
def work_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt may believe the warehouse is: listing opens none."""
    return tmp_path_factory.mktemp("selectors") / "work.duckdb"


@pytest.fixture(scope="module")
def dbt(work_file: Path, dbt_target: Path) -> Iterator[dbtRunner]:
    """The project parsed once, whatever is listed of it."""
    folder = Path.cwd()
    with pytest.MonkeyPatch.context() as patch, dbt_folders(dbt_target):
        for name, value in QUIET.items():
            patch.setenv(name, value)
        patch.setenv("INFERENCE_REVENUE_WORK_FILE", str(work_file))
        parsed = dbtRunner().invoke(["--log-level", "none", "parse", *WHERE])
        assert isinstance(parsed.result, Manifest), parsed.exception
        yield dbtRunner(manifest=parsed.result)
    os.chdir(folder)


def selected(name: str, dbt: dbtRunner) -> dict[str, str]:
    """Names and kinds of the nodes that a selector selects."""
    shown = ["--output", "json", "--output-keys", "name", "resource_type"]
    result = dbt.invoke(
        ["--log-level", "none", "ls", "--selector", name, *shown, *WHERE]
    )
    assert result.success, result.exception
    listed = [json.loads(line) for line in result.result or []]  # type: ignore[union-attr]
    return {node["name"]: node["resource_type"] for node in listed}


def test_every_selector_is_tested() -> None:
    assert {entry["name"] for entry in SELECTORS["selectors"]} == set(SELECTS)
    assert all(entry["description"] for entry in SELECTORS["selectors"])


@pytest.mark.parametrize("name", SELECTS)
def test_a_selector_selects_what_it_says(
    name: str, work_file: Path, dbt: dbtRunner
) -> None:
    found = selected(name, dbt)
    inside, outside = (set(names.split()) for names in SELECTS[name])
    assert inside - set(found) == set()
    assert outside & set(found) == set()
    if name == "unit_tests":
        assert set(found.values()) == {"unit_test"}
    assert not work_file.exists()
