-- One row per obligation earned by progress, kind of total and close at which it changed: what the whole is estimated or agreed to be.
with

fees as (
    select distinct
        line_id,
        obligation_id,
        known_from_ordinal,
        known_to_ordinal,
        quantity
    from {{ ref('fct_allocated_fees') }}
    where
        pattern = 'progress'
        and amount_interval = 'once'
        and is_latest_segment
        and quantity is not null
),

agreed as (
    select
        obligation_id,
        known_from_ordinal,
        sum(sum(change)) over (partition by obligation_id order by known_from_ordinal) as value
    from (
        select
            obligation_id,
            known_from_ordinal,
            quantity as change
        from fees
        union all
        select
            obligation_id,
            known_to_ordinal as known_from_ordinal,
            -quantity as change
        from fees
        where known_to_ordinal < 999999
    ) as changes
    group by obligation_id, known_from_ordinal
),

-- The whole of milestones, or of lines that are handed over, is what they are worth together.
worth as (
    select
        obligation_id,
        known_ordinal as known_from_ordinal,
        sum(sum(value_weight)) over (partition by obligation_id order by known_ordinal) as value
    from {{ ref('dim_obligation_lines') }}
    where
        pattern = 'progress'
        and (progress_measure is distinct from 'milestone' or line_kind = 'milestone')
    group by obligation_id, known_ordinal
),

united as (
    select
        obligation_id,
        kind,
        known_from_ordinal,
        value_unit,
        value,
        estimate_ids
    from {{ ref('int_progress__estimated') }}
    union all
    select
        obligation_id,
        'quantity' as kind,
        known_from_ordinal,
        'units' as value_unit,
        value,
        cast(null as varchar) as estimate_ids
    from agreed
    union all
    select
        obligation_id,
        'worth' as kind,
        known_from_ordinal,
        'amount' as value_unit,
        value,
        cast(null as varchar) as estimate_ids
    from worth
),

changed as (
    select *
    from united
    qualify value is distinct from lag(value) over (partition by obligation_id, kind order by known_from_ordinal)
),

int_progress__totals as (
    select
        obligation_id,
        kind,
        value_unit,
        known_from_ordinal,
        lead(known_from_ordinal, 1, 999999) over (partition by obligation_id, kind order by known_from_ordinal) as known_to_ordinal,
        case when kind in ('quantity', 'worth') then {{ family('contract') }} else {{ family('estimate') }} end as arrived_family,
        estimate_ids,
        cast(value as decimal(38, 9)) as value
    from changed
)

select * from int_progress__totals
