-- One row per obligation earned by progress, kind of total and close at which an estimate of it arrived or was withdrawn: the whole as estimated.
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
int_progress__estimated as (
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
)

select * from int_progress__estimated
