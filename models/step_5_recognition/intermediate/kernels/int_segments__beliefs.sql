-- One row per pool of fees that an event changed and close at which its terms or its progress moved: the belief held from that close until the next.
with

fees as (
    select distinct
        pool_id,
        line_id,
        obligation_id,
        pattern,
        believed_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family
    from {{ ref('fct_allocated_fees') }}
    where pool_id in (select pool_id from {{ ref('fct_allocated_fees') }} where is_modified)
),

handovers as (
    select
        fees.pool_id,
        deliveries.known_ordinal,
        deliveries.withdrawn_ordinal
    from (
        select distinct
            pool_id,
            line_id
        from fees
        where pattern in {{ patterns_by_handover() }}
    ) as fees
    inner join {{ ref('fct_deliveries') }} as deliveries on deliveries.line_id = fees.line_id
),

-- Work: what is reported of it, by what it is measured and how much it is in all.
progress as (
    select
        obligation_id,
        known_ordinal,
        {{ family('usage') }} as family
    from {{ ref('int_progress__reports') }}
    union all
    select
        obligation_id,
        withdrawn_ordinal as known_ordinal,
        {{ family('void') }} as family
    from {{ ref('int_progress__reports') }}
    where withdrawn_ordinal < 999999
    union all
    select
        obligation_id,
        known_from_ordinal as known_ordinal,
        arrived_family as family
    from {{ ref('int_progress__measures') }}
    union all
    select
        obligation_id,
        known_from_ordinal as known_ordinal,
        arrived_family as family
    from {{ ref('int_progress__totals') }}
),

arrivals as (
    select
        pool_id,
        believed_from_ordinal as known_ordinal,
        arrived_family as family
    from fees
    union all
    select
        pool_id,
        known_to_ordinal as known_ordinal,
        replaced_family as family
    from fees
    where known_to_ordinal < 999999
    union all
    select
        pool_id,
        known_ordinal,
        {{ family('usage') }} as family
    from handovers
    union all
    select
        pool_id,
        withdrawn_ordinal as known_ordinal,
        {{ family('void') }} as family
    from handovers
    where withdrawn_ordinal is not null
    union all
    select
        fees.pool_id,
        progress.known_ordinal,
        progress.family
    from (
        select distinct
            pool_id,
            obligation_id
        from fees
        where pattern = 'progress'
    ) as fees
    inner join progress on progress.obligation_id = fees.obligation_id
),

pools as (
    select
        pool_id,
        min(believed_from_ordinal) as known_from_ordinal
    from fees
    group by pool_id
),

int_segments__beliefs as (
    select
        pools.pool_id,
        arrivals.known_ordinal as known_from_ordinal,
        lead(arrivals.known_ordinal, 1, 999999) over in_order as known_to_ordinal,
        -- the later family where several things arrived in one close
        max(arrivals.family) as arrived_family,
        lead(max(arrivals.family), 1, {{ family('modification') }}) over in_order as replaced_family
    from arrivals
    inner join pools on pools.pool_id = arrivals.pool_id
    -- what is handed over before terms are known counts from when they are
    where arrivals.known_ordinal >= pools.known_from_ordinal
    group by pools.pool_id, arrivals.known_ordinal
    window in_order as (partition by pools.pool_id order by arrivals.known_ordinal)
)

select * from int_segments__beliefs
