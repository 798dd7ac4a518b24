{{ config(materialized='view') }} {#- a view over the events themselves: they are scanned once, where they are grouped -#}
-- One row per usage event that counts, and one negative row for each that must be taken out again.
--
-- The scan never looks at event ids: it counts every readable row, and the few rows set aside
-- as repeated, or withdrawn later, are taken out by rows of the opposite sign.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

readable as (
    select
        customer_id,
        contract_id,
        line_id,
        meter_id,
        dim_1_value,
        dim_2_value,
        non_billable_reason,
        occurred_at,
        recorded_at,
        quantity,
        1 as event_count,
        false as is_withdrawal
    from {{ ref('stg_usage_events') }}
    where
        content_reason is null
        and not is_retracted
        and recorded_at <= (select as_of from run)
),

repeated as (
    select
        customer_id,
        contract_id,
        line_id,
        meter_id,
        dim_1_value,
        dim_2_value,
        non_billable_reason,
        occurred_at,
        recorded_at,
        -quantity as quantity,
        -1 as event_count,
        false as is_withdrawal
    from {{ ref('int_usage_events__set_aside') }}
    where
        content_reason is null
        and not is_retracted
        and reason_code in ('DUPLICATE', 'CONFLICT', 'NULL_KEY')
        and recorded_at <= (select as_of from run)
),

withdrawn as (
    select
        customer_id,
        contract_id,
        line_id,
        meter_id,
        dim_1_value,
        dim_2_value,
        non_billable_reason,
        occurred_at,
        greatest(recorded_at, known_until_at) as recorded_at,
        -quantity as quantity,
        -1 as event_count,
        true as is_withdrawal
    from {{ ref('int_usage_events__set_aside') }}
    where
        row_state = 'accepted'
        and not is_retracted
        and known_until_at is not null
),

int_usage_events__counted as (
    select * from readable
    union all
    select * from repeated
    union all
    select * from withdrawn
)

select * from int_usage_events__counted
