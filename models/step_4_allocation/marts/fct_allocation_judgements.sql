-- One row per performance obligation: how its share of the price was found (D10).
with

fct_allocation_judgements as (
    select
        allocations.book,
        allocations.entity_id,
        'obligation' as subject_type,
        allocations.obligation_id as subject,
        'D10' as decision_code,
        case when max(allocations.component) = 'usage' then 'VC_SPECIFIC' else 'STATED_PRICE' end as outcome,
        case when max(allocations.component) = 'usage' then 'D10.VC_SPECIFIC' else 'D10.STATED_PRICE' end as rule_code,
        'standalone_selling_price=' || coalesce(cast(max(allocations.standalone_selling_price) as varchar), 'none given') as inputs_seen,
        'default' as basis,
        min(periods.period_ordinal) as as_of_ordinal
    from {{ ref('fct_price_allocations') }} as allocations
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = allocations.entity_id
        and periods.period_id = allocations.as_of_period_id
    group by allocations.book, allocations.entity_id, allocations.obligation_id
)

select * from fct_allocation_judgements
