"""What a model gives does not depend on how DuckDB chose to run it.

An optimizer that is wrong drops or doubles rows without a word, and no control that
reads the same relation sees it. So each model is run as the project runs it and with
most of the rewriting taken away, and must give the same rows.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from conftest import TinyBooks
from inference_revenue.duckdb_session import SETTINGS, prepare_session
from inference_revenue.paths import project_dir
from inference_revenue.publish import open_file

# Without these too a model is run as its text says, only slower. The rest are needed to
# run at all in reasonable time (join_order, filter_pushdown and their like).
REWRITES = (
    "common_aggregate,common_subplan,compressed_materialization,cte_filter_pusher,"
    "cte_inlining,empty_result_pullup,filter_pullup,in_clause,join_filter_pushdown,"
    "late_materialization,reorder_filter,row_group_pruner,statistics_propagation,top_n,"
    "window_self_join,build_side_probe_side"
)

# A number below or above nothing is so as a floating-point number too.
BRACKETED = r"[^()]*"
for _ in range(6):
    BRACKETED = rf"(?:[^()]|\({BRACKETED}\))*"
SIGN = re.compile(rf"sign\(CAST\({BRACKETED} AS DOUBLE\)\)")


# How far outcomes lie apart is a statistic, and never money (D6).
STATISTICS = {
    "fct_minimum_estimates", "fct_unpriced_terms", "int_blended_averages",
    "int_breakage__statements", "int_promotional_costs",
    "int_reversal_rates__statements",
    "int_variable__statements", "int_variable__unit_costs",
}  # fmt: skip


def test_no_model_reckons_in_floating_point(tiny_books: TinyBooks) -> None:
    """DuckDB divides decimals so, and multiplies a wide integer with one so."""
    read, floating = 0, set()
    with open_file(tiny_books.snapshot, read_only=True) as con:
        # what is computed of an empty table is there to be read as well
        con.execute("pragma disable_optimizer")
        for file in _models(tiny_books):
            (plan,) = con.execute(
                f"explain (format json) {file.read_text()}"
            ).fetchall()
            read += 1
            if "AS DOUBLE)" in SIGN.sub("", str(plan[1])):
                floating.add(file.stem)
    assert read > 250
    assert floating == STATISTICS


def test_every_model_gives_the_same_rows_with_fewer_rewrites(
    tiny_books: TinyBooks,
) -> None:
    compared, differ = 0, []
    with open_file(tiny_books.snapshot, read_only=True) as con:
        for file in _models(tiny_books):
            query = file.read_text()
            con.execute(f"create or replace temp table usual as {query}")
            con.execute(f"set disabled_optimizers = '{REWRITES}'")
            con.execute(f"create or replace temp table plain as {query}")
            prepare_session(con)
            compared += 1
            if _differ(con):
                differ.append(file.stem)
    assert compared > 250
    assert differ == []


def _models(tiny_books: TinyBooks) -> list[Path]:
    """The SQL of each model but staging: that reads inputs, which are not published."""
    files = sorted(tiny_books.compiled.rglob("*.sql"))
    return [file for file in files if "staging" not in file.parts]


def _differ(con: duckdb.DuckDBPyConnection) -> bool:
    return any(
        con.execute(
            f"select 1 from (from {one} except all from {other}) limit 1"
        ).fetchone()
        for one, other in (("usual", "plain"), ("plain", "usual"))
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_dbt_sets_what_every_other_connection_sets(name: str) -> None:
    profile = (project_dir() / "profiles.yml").read_text()
    assert f"        {name}: {SETTINGS[name]}\n" in profile
