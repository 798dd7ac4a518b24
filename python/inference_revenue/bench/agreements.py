"""Many contracts of four lines, a tenth of them modified twice, and no usage.

What a build of them costs beyond the build of a handful is what agreements cost.
"""

from __future__ import annotations

from pathlib import Path

from inference_revenue.bench.made_tables import (
    GIB,
    Built,
    MadeTables,
    build_made,
    months_until_2025,
)
from inference_revenue.bench.nodes import dearest, node_seconds, wall_seconds
from inference_revenue.progress import Progress

HANDFUL = 100
DEAREST = 15

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
    "accounting_periods": months_until_2025("2025-01-01"),
}
# What the tables are made from: the contracts, their lines, and the year's invoice.
SHARED = (
    """
    create table numbers as
    select
        range as n,
        timestamp '2025-01-01' + interval (range % 28) day
        + interval (range // 28 % 11) month as signed_on
    from range($count)
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

AGREEMENTS = MadeTables(SHARED, TABLES, RECORDED)


def measure_agreements(home: Path, contracts: int, progress: Progress) -> str:
    """Build a handful of contracts, then so many; what the others added, as text."""
    handful, many = (
        build_made(home, "agreements", count, progress)
        for count in (HANDFUL, contracts)
    )
    return agreements_report(handful, many)


def agreements_report(handful: Built, many: Built) -> str:
    """One screen: seconds of both builds, what was added, peak memory, dear nodes."""
    few, all_of_them = wall_seconds(handful.nodes), wall_seconds(many.nodes)
    few_sum, whole_sum = node_seconds(handful.nodes), node_seconds(many.nodes)
    cpu_seconds = many.cost.cpu_seconds
    return "\n".join(
        [
            "",
            f"{many.count:,} contracts of four lines, a tenth modified twice",
            f"  nodes, wall  {all_of_them:.2f} s, {all_of_them - few:.2f} s more than "
            f"{handful.count} contracts",
            f"  nodes, sum   {whole_sum:.2f} s, {whole_sum - few_sum:.2f} s more",
            f"  peak memory  {many.cost.peak_bytes / GIB:.2f} GiB",
            f"  whole job    {many.cost.seconds:.2f} s; controls {many.cost.outcome}",
            f"  processor    {cpu_seconds:.2f} s, "
            f"{cpu_seconds - handful.cost.cpu_seconds:.2f} s more",
            "",
            *(
                f"    {node.name:<44} {node.seconds:>8.2f} s"
                for node in dearest(many.nodes, DEAREST)
            ),
            "",
        ]
    )
