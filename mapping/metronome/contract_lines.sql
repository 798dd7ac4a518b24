-- One row per contract and usage product on its rate card, and one per prepaid or postpaid commit of a contract.
with

rated_products as (
    select distinct
        rate_card_id,
        product_id
    from prepared.rate_tiers
),

usage_lines as (
    select
        contracts.contract_id || ':' || products.product_id as line_id,
        contracts.contract_id,
        'usage' as line_kind,
        products.product_id,
        rated.rate_card_id || ':' || rated.product_id as price_id,
        products.billable_metric_id as meter_id,
        cast(null as decimal(38, 9)) as fixed_amount,
        cast(null as varchar) as true_up_on,
        cast(null as decimal(38, 9)) as rollover_fraction,
        contracts.starting_at as service_start,
        contracts.ending_before as service_end,
        'arrears' as billing_timing,
        'month' as billing_interval,
        contracts.created_at as recorded_at,
        contracts.is_test
    from prepared.latest_contracts as contracts
    inner join rated_products as rated on rated.rate_card_id = contracts.rate_card_id
    inner join prepared.latest_products as products
        on products.product_id = rated.product_id
        and products.billable_metric_id is not null
),

commits as (
    select
        commit_id,
        contract_id,
        commit_type,
        major_per_unit,
        major_per_invoiced_unit,
        invoiced_units,
        rollover_fraction,
        sum(access_units) as access_units,
        min(starts_at) as starts_at,
        max(ends_before) as ends_before,
        created_at,
        is_test
    from prepared.commit_segments
    where contract_id is not null and rolled_over_from_commit_id is null
    group by commit_id, contract_id, commit_type, major_per_unit, major_per_invoiced_unit, invoiced_units, rollover_fraction, created_at, is_test
),

commit_lines as (
    select
        commit_id as line_id,
        contract_id,
        'minimum_commitment' as line_kind,
        cast(null as varchar) as product_id,
        cast(null as varchar) as price_id,
        cast(null as varchar) as meter_id,
        -- prepaid: what is invoiced; postpaid: what will be trued up to
        cast(
            case
                when commit_type = 'PREPAID' then invoiced_units * major_per_invoiced_unit
                else access_units * major_per_unit
            end as decimal(38, 9)
        ) as fixed_amount,
        case when commit_type = 'POSTPAID' then 'contract_end' end as true_up_on,
        cast(rollover_fraction as decimal(38, 9)) as rollover_fraction,
        starts_at as service_start,
        ends_before as service_end,
        case when commit_type = 'PREPAID' then 'advance' else 'arrears' end as billing_timing,
        cast(null as varchar) as billing_interval,
        created_at as recorded_at,
        is_test
    from commits
    where
        commit_type = 'POSTPAID'
        or commit_type = 'PREPAID' and invoiced_units > 0
)

select
    usage_lines.*,
    'metronome' as source_system
from usage_lines
union all
select
    commit_lines.*,
    'metronome' as source_system
from commit_lines
