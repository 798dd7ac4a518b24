"""Each run set in words selects what its words say, and what that needs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

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


@pytest.fixture(scope="module")
def work_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt may believe the warehouse is: listing opens none."""
    return tmp_path_factory.mktemp("selectors") / "work.duckdb"


def selected(name: str, work_file: Path, dbt_target: Path) -> dict[str, str]:
    """Names and kinds of the nodes that a selector selects."""
    from dbt.cli.main import dbtRunner

    os.environ.update(QUIET)
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    shown = ["--output", "json", "--output-keys", "name", "resource_type"]
    folder = Path.cwd()
    before = os.environ.get("INFERENCE_REVENUE_WORK_FILE")
    os.environ["INFERENCE_REVENUE_WORK_FILE"] = str(work_file)
    try:
        with dbt_folders(dbt_target):
            result = dbtRunner().invoke(
                ["--log-level", "none", "ls", "--selector", name, *shown, *where]
            )
    finally:
        os.chdir(folder)
        if before is None:
            del os.environ["INFERENCE_REVENUE_WORK_FILE"]
        else:
            os.environ["INFERENCE_REVENUE_WORK_FILE"] = before
    assert result.success, result.exception
    listed = [json.loads(line) for line in result.result or []]  # type: ignore[union-attr]
    return {node["name"]: node["resource_type"] for node in listed}


def test_every_selector_is_tested() -> None:
    assert {entry["name"] for entry in SELECTORS["selectors"]} == set(SELECTS)
    assert all(entry["description"] for entry in SELECTORS["selectors"])


@pytest.mark.parametrize("name", SELECTS)
def test_a_selector_selects_what_it_says(
    name: str, work_file: Path, dbt_target: Path
) -> None:
    found = selected(name, work_file, dbt_target)
    inside, outside = (set(names.split()) for names in SELECTS[name])
    assert inside - set(found) == set()
    assert outside & set(found) == set()
    if name == "unit_tests":
        assert set(found.values()) == {"unit_test"}
    assert not work_file.exists()
