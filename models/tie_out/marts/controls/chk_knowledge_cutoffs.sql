-- One row per entity and period whose cut-off precedes its end, precedes an earlier one, leaves a gap, or differs between books.
with

given as (
    select * from {{ accepted(ref('stg_accounting_periods')) }}
    where known_until_at is null
),

ordered as (
    select
        *,
        lag(knowledge_cutoff_at) over in_order as cutoff_before,
        lag(end_date) over in_order as end_before,
        lag(state) over in_order as state_before
    from {{ ref('dim_accounting_periods') }}
    window in_order as (partition by entity_id order by period_ordinal)
),

breaks as (
    select
        entity_id,
        period_id,
        'cut-off before the end of the period' as subject
    from ordered
    where state = 'closed' and knowledge_cutoff_at < end_at

    union all

    select
        entity_id,
        period_id,
        'cut-off before that of an earlier period' as subject
    from ordered
    where state = 'closed' and knowledge_cutoff_at < cutoff_before

    union all

    select
        entity_id,
        period_id,
        'closed while an earlier period is open' as subject
    from ordered
    where state = 'closed' and state_before = 'open'

    union all

    select
        entity_id,
        period_id,
        'gap or overlap with the period before' as subject
    from ordered
    where start_date <> end_before

    union all

    select
        entity_id,
        period_id,
        'cut-off differs between books' as subject
    from given
    group by entity_id, period_id
    having count(distinct knowledge_cutoff_at) > 1
),

chk_knowledge_cutoffs as (
    select
        'chk_knowledge_cutoffs' as control_code,
        '*' as book,
        entity_id,
        period_id,
        subject,
        cast(null as decimal(38, 18)) as expected_amount,
        cast(null as decimal(38, 18)) as actual_amount
    from breaks
)

select * from chk_knowledge_cutoffs
