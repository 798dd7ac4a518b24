"""Many contracts with tiers of a year, each forecast anew at every close of 2025.

Two thirds of them have two years of use behind them, the others began in 2025.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inference_revenue.bench.made_tables import (
    GIB,
    Built,
    MadeTables,
    build_made,
    months_until_2025,
)
from inference_revenue.bench.nodes import Node, busy_seconds, node_seconds
from inference_revenue.progress import Progress

CLOSES = 12
# Nodes of what is forecast, priced by scenario, constrained and looked back at.
OF_FORECASTS = ("forecast", "blended", "rating_scenarios", "usage_price", "_lookback")

SHARED = (
    """
    create table numbers as
    select
        range as n,
        case when range % 3 = 0 then timestamp '2025-01-01'
            else timestamp '2024-01-01' end as signed_on
    from range($count)
    """,
)
QUERIES = {
    "customers": """
        select 'cus_' || n as customer_id, 'Customer ' || n as name from numbers
    """,
    "products": """
        select 'calls' as product_id, 'Calls' as name, 'usage' as product_kind,
            'CALL' as unit_code
    """,
    "meters": """
        select 'calls' as meter_id, 'calls' as product_id, 'sum' as aggregation,
            'CALL' as unit_code
    """,
    "prices": """
        select
            'tiers' as price_id, 'graduated' as model, 'USD' as unit_code, tier_no,
            tier_from, tier_to, rate_amount, 1000 as rate_per_quantity,
            'year' as tier_scope
        from (values (1, 0, 100000, 10), (2, 100000, 300000, 8), (3, 300000, null, 6))
            as tiers (tier_no, tier_from, tier_to, rate_amount)
    """,
    "contracts": """
        select
            'ctr_' || n as contract_id, 'cus_' || n as customer_id,
            'one' as entity_id, 'USD' as currency, 'signature' as approval_kind,
            signed_on as signed_at, signed_on as effective_from,
            timestamp '2026-01-01' as effective_to, 'order ' || n as source_ref
        from numbers
    """,
    "contract_lines": """
        select
            'ctr_' || n || '.use' as line_id, 'ctr_' || n as contract_id,
            'usage' as line_kind, 'calls' as product_id, 'calls' as meter_id,
            'tiers' as price_id, signed_on as service_start,
            timestamp '2026-01-01' as service_end, 'arrears' as billing_timing,
            'month' as billing_interval
        from numbers
    """,
    "usage_events": """
        select
            'use_' || n || '_' || month as event_id, 'calls' as meter_id,
            'cus_' || n as customer_id, 'ctr_' || n as contract_id,
            cast(
                (1000 + n * 7919 % 60000) * pow(1.02, month)
                * (0.6 + hash(n * 31 + month) % 800 / 1000) as integer
            ) as quantity,
            timestamp '2024-01-10' + interval (month) month as occurred_at
        from numbers, range(24) as months (month)
        where timestamp '2024-01-10' + interval (month) month > signed_on
    """,
    "accounting_periods": months_until_2025("2024-01-01"),
}
RECORDED = {
    "contracts": "signed_at",
    "contract_lines": "service_start",
    "usage_events": "occurred_at + interval 1 minute",
    "accounting_periods": "coalesce(knowledge_cutoff_at, timestamp '2023-12-01')",
}
FORECASTS = MadeTables(SHARED, QUERIES, RECORDED)


def measure_forecasts(home: Path, counts: Sequence[int], progress: Progress) -> str:
    """Build a company of each count; what estimating its prices cost, as text."""
    built = [build_made(home, "forecasts", count, progress) for count in counts]
    return forecasts_report(built)


def forecasts_report(built: Sequence[Built]) -> str:
    """A row for each count: all closes of the year, one of them, and the whole job."""
    rows = ["", "Contracts with tiers of a year, estimated anew at each of 12 closes"]
    for one in built:
        nodes = nodes_of_forecasts(one.nodes)
        seconds = node_seconds(nodes)
        rows.append(
            f"  {one.count:>9,}: {seconds:.1f} s, {seconds / CLOSES:.2f} s a close, "
            f"{busy_seconds(nodes):.1f} s on the wall; "
            f"whole job {one.cost.seconds:.1f} s, "
            f"{one.cost.cpu_seconds:.1f} s of processor, "
            f"{one.cost.peak_bytes / GIB:.2f} GiB, {one.cost.outcome}"
        )
        rows += [f"    {node.name:<44} {node.seconds:>8.2f} s" for node in nodes]
    return "\n".join(rows)


def nodes_of_forecasts(nodes: Sequence[Node]) -> list[Node]:
    """The models that forecast use, push it through prices and constrain it."""
    return [node for node in nodes if any(part in node.name for part in OF_FORECASTS)]
