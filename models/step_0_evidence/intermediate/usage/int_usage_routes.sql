-- One row per cited name, meter, window of use and window of knowledge in which exactly one line answers.
--
-- An event recorded before any line answered takes the first one that does, and is then known
-- only since (routed_at).
with

contested as (
    select * from {{ ref('int_usage_routes__contested') }}
),

alone as (
    select
        candidates.*,
        candidates.known_from_at as answers_from_at,
        candidates.known_until_at as answers_until_at
    from {{ ref('int_usage_routes__candidates') }} as candidates
    left join (
        select distinct
            cited_level,
            cited_id,
            meter_id
        from contested
    ) as names
        on names.cited_level = candidates.cited_level
        and names.cited_id = candidates.cited_id
        and names.meter_id = candidates.meter_id
    where names.cited_id is null
),

united as (
    select * from alone
    union all by name
    select * exclude (nearest_lines) from contested
    where nearest_lines = 1
),

int_usage_routes as (
    select
        {{ route_key('united.cited_level', 'united.cited_id', 'united.meter_id') }} as route_key,
        united.cited_level,
        united.cited_id,
        united.meter_id,
        -- outcomes add up
        coalesce(meters.aggregation, 'sum') as aggregation,
        united.line_id in (select line_id from {{ ref('int_usage_line_scopes') }} where scope = 'event') as rates_events_alone,
        carried.currency as carried_currency,
        united.from_at,
        united.to_at,
        -- the first answer also takes what was recorded before it
        coalesce(lag(answers_until_at) over same_use, timestamp '0001-01-01') as recorded_from_at,
        answers_until_at as recorded_until_at,
        answers_from_at as routed_at,
        line_segment_number,
        container_segment_number,
        united.line_id,
        entity_id,
        time_zone
    from united
    left join {{ ref('dim_meters') }} as meters on meters.meter_id = united.meter_id
    left join {{ ref('int_usage_lines__carried') }} as carried
        on carried.line_id = united.line_id
        and carried.from_at <= united.from_at
        and carried.to_at > united.from_at
    window same_use as (
        partition by united.cited_level, united.cited_id, united.meter_id, united.from_at order by united.answers_from_at
    )
)

select * from int_usage_routes
