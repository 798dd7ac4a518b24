"""Many wallets of four lots, drawn by 24 months of usage, a fiftieth of them late.

Wallets of several sizes in one run show whether the drawdown grows in line with them.
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
from inference_revenue.bench.nodes import Node, busy_seconds, dearest, node_seconds
from inference_revenue.progress import Progress

DEAREST = 12
# Nodes of lots, wallets and what is drawn from them.
OF_WALLETS = ("credit", "wallet", "lot", "prepaid")

# n is the number of the wallet: that of a contract of its own. A credit costs 0.01 to
# 0.02, each call burns one. Lots start and end inside months; the last one has no end,
# and a third of the wallets use more than their lots hold.
SHARED = (
    """
    create table numbers as
    select range as n, timestamp '2024-01-01' + interval (range % 25) day as signed_on
    from range($count)
    """,
    """
    create table lots as
    select
        n, lot, kind, units, signed_on + interval (first_month) month as starts_at,
        signed_on + interval (last_month) month as ends_at,
        case kind when 'promotional' then 0
            else cast(units * (100 + n % 100) / 10000 as decimal(18, 2)) end as price
    from numbers, (values
        (1, 'promotional', 300, 0, 3), (2, 'commitment', 6000, 0, 12),
        (3, 'commitment', 6000, 11, 24), (4, 'top_up', 2000, 5, null)
    ) as packs (lot, kind, units, first_month, last_month)
    """,
)
QUERIES = {
    "customers": """
        select 'cus_' || n as customer_id, 'Customer ' || n as name from numbers
    """,
    "products": """
        select * from (values
            ('calls', 'Calls', 'usage', 'CALL'),
            ('credits', 'Credits', 'credit_pack', 'CREDIT')
        ) as products (product_id, name, product_kind, unit_code)
    """,
    "meters": """
        select 'calls' as meter_id, 'calls' as product_id, 'sum' as aggregation,
            'CALL' as unit_code
    """,
    "prices": """
        select 'per_call' as price_id, 'unit' as model, 'CREDIT' as unit_code,
            1 as rate_amount, 1 as rate_per_quantity
    """,
    "contracts": """
        select
            'ctr_' || n as contract_id, 'cus_' || n as customer_id,
            'one' as entity_id, 'USD' as currency, 'clickwrap' as approval_kind,
            signed_on as signed_at, signed_on as effective_from,
            signed_on + interval 24 month as effective_to, 'order ' || n as source_ref
        from numbers
    """,
    "contract_lines": """
        select
            'ctr_' || n || '.use' as line_id, 'ctr_' || n as contract_id,
            'usage' as line_kind, 'calls' as product_id, 'calls' as meter_id,
            'per_call' as price_id, cast(null as decimal(18, 2)) as fixed_amount,
            cast(null as integer) as quantity, signed_on as service_start,
            signed_on + interval 24 month as service_end
        from numbers
        union all
        select
            'ctr_' || n || '.pack', 'ctr_' || n, 'credit_pack', 'credits', null, null,
            sum(price), sum(units), min(starts_at), min(starts_at) + interval 24 month
        from lots where price > 0
        group by n
    """,
    "credit_grants": """
        select
            'lot_' || n || '_' || lot as grant_id, 'cus_' || n as customer_id,
            'ctr_' || n as contract_id,
            case when price > 0 then 'ctr_' || n || '.pack' end as line_id,
            kind as grant_kind, units as units_granted, 'CREDIT' as unit_code,
            price as consideration_amount, 'USD' as consideration_currency,
            starts_at as granted_at, starts_at as effective_at, ends_at as expires_at
        from lots
    """,
    "usage_events": """
        select
            'use_' || n || '_' || month as event_id, 'calls' as meter_id,
            'cus_' || n as customer_id, 'ctr_' || n as contract_id,
            100 + (n * 31 + month * 17) % 900 as quantity,
            signed_on + interval (month) month + interval (n % 3) day as occurred_at
        from numbers, range(24) as months (month)
    """,
    "billing_documents": """
        select
            'inv_' || n as document_id, 'invoice' as doc_type,
            'cus_' || n as customer_id, 'ctr_' || n as contract_id,
            'USD' as currency, 'issued' as status, signed_on as issued_at,
            signed_on as due_at, net_amount, 0 as tax_amount,
            net_amount as total_amount
        from numbers inner join (
            select n as wallet, sum(price) as net_amount from lots group by n
        ) as sold on wallet = n
    """,
    "billing_document_lines": """
        select
            'inv_' || n || '.1' as document_line_id, 'inv_' || n as document_id,
            'credit_pack' as line_kind, 'ctr_' || n || '.pack' as line_id,
            'credits' as product_id, sum(price) as net_amount,
            min(starts_at) as period_start, min(starts_at) as period_end
        from lots group by n
    """,
    "accounting_periods": months_until_2025("2024-01-01"),
}
# A lot is known as it starts; the use of a month by a fiftieth of the wallets is late.
RECORDED = {
    "contracts": "signed_at",
    "contract_lines": "service_start",
    "credit_grants": "granted_at",
    "billing_documents": "issued_at",
    "billing_document_lines": "period_start",
    "usage_events": "occurred_at + case when hash(customer_id) % 50 = 0 and "
    "event_id like '%\\_7' escape '\\' then interval 70 day else interval 1 minute end",
    "accounting_periods": "coalesce(knowledge_cutoff_at, timestamp '2023-12-01')",
}
WALLETS = MadeTables(SHARED, QUERIES, RECORDED)


def measure_wallets(home: Path, counts: Sequence[int], progress: Progress) -> str:
    """Build a company of each count of wallets; what drawing them cost, as text."""
    built = [build_made(home, "wallets", count, progress) for count in counts]
    return wallets_report(built)


def wallets_report(built: Sequence[Built]) -> str:
    """A row for each count, and the dearest nodes of the drawdown of the last one."""
    last = built[-1]
    return "\n".join(
        [
            "",
            "Wallets of four lots over 24 months: nodes of lots, wallets and draws",
            f"  {'wallets':>9} {'nodes, sum':>10} {'per 1,000':>10} {'wall':>10} "
            f"{'whole job':>10} {'processor':>10} {'memory':>9}  controls",
            *(_row(one) for one in built),
            "",
            *(
                f"    {node.name:<44} {node.seconds:>8.2f} s"
                for node in dearest(nodes_of_wallets(last.nodes), DEAREST)
            ),
            "",
        ]
    )


def nodes_of_wallets(nodes: Sequence[Node]) -> list[Node]:
    """The models that place lots, draw them and roll them forward."""
    return [
        node
        for node in nodes
        if any(subject in node.name for subject in OF_WALLETS)
        and not node.name.startswith("chk_")
    ]


def _row(one: Built) -> str:
    nodes = nodes_of_wallets(one.nodes)
    seconds = node_seconds(nodes)
    return (
        f"  {one.count:>9,} {seconds:>8.1f} s {seconds / one.count * 1000:>8.3f} s "
        f"{busy_seconds(nodes):>8.1f} s {one.cost.seconds:>8.1f} s "
        f"{one.cost.cpu_seconds:>8.1f} s {one.cost.peak_bytes / GIB:>5.2f} GiB  "
        f"{one.cost.outcome}"
    )
