-- One row per line, contract or customer and meter that some usage event cites and no contract line answers for at its time.
--
-- Only what is cited is carried through the join with every event; the few events are fetched next.
with

cited as (
    select
        case
            when line_id is not null then 3
            when contract_id is not null then 2
            else 1
        end as cited_level,
        coalesce(line_id, contract_id, customer_id) as cited_id,
        meter_id,
        occurred_at,
        recorded_at
    from {{ ref('stg_usage_events') }}
    where
        content_reason is null
        and not is_retracted
),

int_usage_events__unanswered as (
    select distinct
        cited.cited_level,
        cited.cited_id,
        cited.meter_id
    from cited
    -- a left join and not `not exists`, which would hash the events instead of the routes
    left join {{ ref('int_usage_routes') }} as routes
        on routes.cited_level = cited.cited_level
        and routes.cited_id = cited.cited_id
        and routes.meter_id = cited.meter_id
        and routes.from_at <= cited.occurred_at
        and routes.to_at > cited.occurred_at
        and routes.recorded_from_at <= cited.recorded_at
        and routes.recorded_until_at > cited.recorded_at
    where routes.cited_id is null
)

select * from int_usage_events__unanswered
