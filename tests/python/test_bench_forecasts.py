"""The company of many forecasts, and the report of what they cost."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from inference_revenue.bench.forecasts import FORECASTS, forecasts_report
from inference_revenue.bench.made_tables import GIB, Built
from inference_revenue.bench.measurement import BuildCost
from inference_revenue.bench.nodes import Node


def test_a_third_of_the_contracts_has_one_year_of_use(tmp_path: Path) -> None:
    FORECASTS.write(tmp_path / "company", 60)
    found = duckdb.execute(
        f"""
        select months, count(*) from (
            select customer_id, count(*) as months
            from '{tmp_path / "company" / "usage_events"}.parquet'
            group by customer_id having min(quantity) > 0
        ) as served
        group by months order by months
        """
    ).fetchall()
    assert found == [(12, 20), (24, 40)]


def test_only_nodes_of_estimates_count() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    cost = BuildCost(moment, 10.0, 100.0, 150.0, 3 * GIB, "green")
    nodes = tuple(
        Node(name, "room", seconds, moment, moment)
        for name, seconds in [
            ("int_forecasts__fitted", 20.0), ("int_blended_averages", 4.0),
            ("fct_revenue_recognised", 50.0),
        ]
    )  # fmt: skip
    report = " ".join(forecasts_report([Built(5_000, cost, nodes)]).split())
    assert "5,000: 24.0 s, 2.00 s a close, 0.0 s on the wall; whole job" in report
    assert "100.0 s, 150.0 s of processor, 3.00 GiB" in report
    assert "fct_revenue_recognised" not in report
