-- One row per reading of a meter that does not add up (max, last, unique, time_weighted), netted of its withdrawal.
with

int_usage_levels__readings as (
    select
        line_id,
        aggregation,
        -- for unique meters the first dimension is the thing counted, not a price dimension
        case when aggregation = 'unique' then null else dim_1_value end as dim_1_value,
        dim_2_value,
        non_billable_reason,
        is_withdrawal,
        case when aggregation = 'unique' then dim_1_value end as counted_value,
        reading_at as occurred_at,
        usage_date as local_date,
        service_ordinal,
        known_ordinal,
        reading as quantity,
        cast(sum(event_count) as bigint) as event_count
    from {{ ref('int_usage_entries') }}
    -- says more than the kind of meter: it can be asked before anything is joined
    where reading_at is not null and aggregation not in ('sum', 'count')
    group by all
)

select * from int_usage_levels__readings
