"""Many contracts of four lines, a tenth of them modified twice, and no usage.

What a build of them costs beyond the build of a handful is what agreements cost.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from inference_revenue.bench.folders import Folders
from inference_revenue.bench.measurement import BuildCost
from inference_revenue.bench.nights import build_company
from inference_revenue.bench.nodes import Node, dearest, read_nodes, wall_seconds
from inference_revenue.progress import Progress

HANDFUL = 100
DEAREST = 15
GIB = 1024**3

# n is the number of the contract. Prices differ, so that nothing is answered from a
# dictionary of one value; every second contract sells below its standalone prices, so
# its price is allocated; every tenth is modified in its 4th and in its 8th month.
TABLES = {
    "customers": """
        select 'cus_' || (n // 2) as customer_id, 'Customer ' || (n // 2) as name
        from numbers where n % 2 = 0
    """,
    "products": """
        select * from (values
            ('platform', 'Platform', 'access'), ('care', 'Support', 'support'),
            ('start', 'Onboarding', 'support'), ('model', 'Tuned model', 'good')
        ) as products (product_id, name, product_kind)
    """,
    "standalone_selling_prices": """
        select
            'ssp_' || product_id as ssp_id, product_id, 'USD' as currency, rate_amount,
            1 as rate_per_quantity, rate_amount * 0.9 as range_low,
            rate_amount * 1.1 as range_high, 'observable' as method,
            'price study' as source_ref
        from (values
            ('platform', 1000.00), ('care', 2400.00), ('start', 3000.00),
            ('model', 8000.00)
        ) as prices (product_id, rate_amount)
    """,
    "contracts": """
        select
            'ctr_' || n as contract_id, 'cus_' || (n // 2) as customer_id,
            'one' as entity_id, 'USD' as currency, 'signature' as approval_kind,
            signed_on as signed_at, signed_on as effective_from,
            signed_on + interval 12 month as effective_to, 'order ' || n as source_ref
        from numbers
    """,
    "contract_events": """
        select
            'evt_' || n || '_' || turn as contract_event_id,
            'ctr_' || n as contract_id, 'modified' as event_kind,
            signed_on + interval (turn * 4 - 1) month as effective_at,
            signed_on + interval (turn * 4 - 1) month as approved_at,
            50.00 * turn as price_delta_amount, 'amendment' as source_ref
        from numbers, (values (1), (2)) as turns (turn)
        where n % 10 = 0
    """,
    "contract_lines": """
        select
            'ctr_' || n || '.' || product_id as line_id, 'ctr_' || n as contract_id,
            'fixed_fee' as line_kind, product_id, 1 as quantity, fixed_amount,
            amount_interval, signed_on as service_start,
            signed_on + case product_id when 'start' then interval 2 month
                else interval 12 month end as service_end,
            cast(null as varchar) as modified_by_event_id
        from agreed
        union all
        select
            'ctr_' || n || '.platform', 'ctr_' || n, 'fixed_fee', 'platform', 1,
            cast(1000 + n % 97 + 50 * turn as decimal(18, 2)), 'month', signed_on,
            signed_on + interval 12 month, 'evt_' || n || '_' || turn
        from numbers, (values (1), (2)) as turns (turn)
        where n % 10 = 0
    """,
    "deliveries": """
        select
            'del_' || n as delivery_id, 'ctr_' || n as contract_id,
            'ctr_' || n || '.model' as line_id, 'delivered' as kind,
            signed_on + interval 40 day as occurred_at, 'handover' as source_ref
        from numbers
    """,
    "billing_documents": """
        select
            'inv_' || n as document_id, 'invoice' as doc_type,
            'cus_' || (n // 2) as customer_id, 'ctr_' || n as contract_id,
            'USD' as currency, 'issued' as status, signed_on as issued_at,
            signed_on as due_at, net_amount, 0 as tax_amount, net_amount as total_amount
        from numbers
        inner join (
            select n as contract, sum(net_amount) as net_amount from billed group by n
        ) as totals on contract = n
    """,
    "billing_document_lines": """
        select
            'inv_' || n || '.' || product_id as document_line_id,
            'inv_' || n as document_id, 'fixed_fee' as line_kind,
            'ctr_' || n || '.' || product_id as line_id, product_id, net_amount,
            signed_on as period_start, signed_on + interval 12 month as period_end
        from billed
    """,
    "accounting_periods": """
        select
            'one' as entity_id, '*' as book, strftime(month, '%Y-%m') as period_id,
            month as period_start, month + interval 1 month as period_end,
            case when month < timestamp '2025-12-01' then 'closed' else 'open' end
                as state,
            case when month < timestamp '2025-12-01'
                then month + interval '1 month 5 days' end as knowledge_cutoff_at,
            'controller' as changed_by
        from range(
            timestamp '2025-01-01', timestamp '2026-01-01', interval 1 month
        ) as months (month)
    """,
}
# What the tables are made from: the contracts, their lines, and the year's invoice.
SHARED = (
    """
    create table numbers as
    select
        range as n,
        timestamp '2025-01-01' + interval (range % 28) day
        + interval (range // 28 % 11) month as signed_on
    from range($contracts)
    """,
    """
    create table agreed as
    select
        n, signed_on, product_id, amount_interval,
        cast(
            price + n % 97
            - case when n % 2 = 0 and product_id = 'model' then 5000 else 0 end
            as decimal(18, 2)
        ) as fixed_amount
    from numbers, (values
        ('platform', 1000.00, 'month'), ('care', 2400.00, 'once'),
        ('start', 3000.00, 'once'), ('model', 8000.00, 'once')
    ) as lines (product_id, price, amount_interval)
    """,
    """
    create table billed as
    select
        n, signed_on, product_id,
        fixed_amount * case amount_interval when 'month' then 12 else 1 end
            as net_amount
    from agreed
    """,
)
# When each row was recorded: what was agreed when it was agreed, and the rest at first.
RECORDED = {
    "contracts": "signed_at",
    "contract_events": "approved_at",
    "deliveries": "occurred_at",
    "billing_documents": "issued_at",
    "billing_document_lines": "period_start",
    "contract_lines": "case when modified_by_event_id is null then service_start else "
    "service_start + interval (3 + 4 * (modified_by_event_id like '%\\_2' "
    "escape '\\')::int) month end",
    "accounting_periods": "coalesce(knowledge_cutoff_at, timestamp '2024-12-01')",
}


def write_agreements(folder: Path, contracts: int) -> None:
    """Write the input tables of so many contracts as Parquet, one file a table."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(SHARED[0], {"contracts": contracts})
        for made_from_it in SHARED[1:]:
            connection.execute(made_from_it)
        for table, query in TABLES.items():
            recorded = RECORDED.get(table, "timestamp '2024-12-01'")
            connection.execute(
                f"copy (select *, 'bench' as source_system, {recorded} as recorded_at "
                f"from ({query}) as rows) to '{folder / table}.parquet'"
            )


def measure_agreements(home: Path, contracts: int, progress: Progress) -> str:
    """Build a handful of contracts, then so many; what the others added, as text."""
    costs = []
    for count in (HANDFUL, contracts):
        root = home / f"agreements_{count}"
        folders = Folders(root / "company", root / "warehouse", root / "target")
        progress.say(f"Build of {count:,} contracts of four lines")
        write_agreements(folders.company, count)
        shutil.rmtree(folders.warehouse, ignore_errors=True)
        cost = build_company(folders.company, folders)
        costs.append((cost, tuple(read_nodes(folders.target))))
    return agreements_report(contracts, costs[0], costs[1])


def agreements_report(
    contracts: int,
    handful: tuple[BuildCost, tuple[Node, ...]],
    many: tuple[BuildCost, tuple[Node, ...]],
) -> str:
    """One screen: seconds of both builds, what was added, peak memory, dear nodes."""
    (_, few_nodes), (cost, nodes) = handful, many
    few, all_of_them = wall_seconds(few_nodes), wall_seconds(nodes)
    return "\n".join(
        [
            "",
            f"{contracts:,} contracts of four lines, a tenth modified twice",
            f"  nodes, wall  {all_of_them:.2f} s, {all_of_them - few:.2f} s more than "
            f"{HANDFUL} contracts",
            f"  peak memory  {cost.peak_bytes / GIB:.2f} GiB",
            f"  whole job    {cost.seconds:.2f} s; controls {cost.outcome}",
            "",
            *(
                f"    {node.name:<44} {node.seconds:>8.2f} s"
                for node in dearest(nodes, DEAREST)
            ),
            "",
        ]
    )
