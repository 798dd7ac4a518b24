-- One row per obligation earned by progress, kind of total and close at which it changed: what the whole is estimated or agreed to be.
with

believed as (
    select * from {{ ref('int_progress__estimates') }}
),

closes as (
    select
        obligation_id,
        kind,
        known_from_ordinal
    from believed
    union
    select
        obligation_id,
        kind,
        withdrawn_ordinal as known_from_ordinal
    from believed
    where withdrawn_ordinal < 999999
),

-- Of each stream the version made last, of those that the close knew.
latest as (
    select
        closes.obligation_id,
        closes.kind,
        closes.known_from_ordinal,
        believed.estimate_id,
        believed.value_unit,
        believed.value,
        believed.distance
    from closes
    left join believed
        on believed.obligation_id = closes.obligation_id
        and believed.kind = closes.kind
        and believed.known_from_ordinal <= closes.known_from_ordinal
        and believed.withdrawn_ordinal > closes.known_from_ordinal
    qualify row_number() over (
        partition by closes.obligation_id, closes.kind, closes.known_from_ordinal, believed.estimate_id
        order by believed.made_ordinal desc, believed.recorded_at desc
    ) = 1
),

-- Streams of the narrowest scope count; where they are of several lines, their sum.
estimated as (
    select
        obligation_id,
        kind,
        known_from_ordinal,
        min(value_unit) as value_unit,
        sum(value) as value,
        {{ string_agg_ordered('estimate_id') }} as estimate_ids
    from (
        select *
        from latest
        qualify distance is not distinct from min(distance) over (partition by obligation_id, kind, known_from_ordinal)
    ) as nearest
    group by obligation_id, kind, known_from_ordinal
),

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
    from estimated
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
