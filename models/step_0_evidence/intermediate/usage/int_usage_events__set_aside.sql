-- One row per landed usage event that needs a look of its own: unreadable, repeated, withdrawn or withdrawing.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

suspects as (
    select
        -- written out for the few that are left, not for every event scanned
        events.* exclude (input_row),
        {{ input_row('events') }} as input_row,
        case when events.event_id is null then coalesce(events.content_reason, 'NULL_KEY') else events.content_reason end as row_reason,
        {{ row_fingerprint(['customer_id', 'contract_id', 'line_id', 'quantity', 'occurred_at', 'dim_1_value', 'dim_2_value', 'non_billable_reason', 'rated_amount', 'rated_currency']) }} as fingerprint
    from {{ ref('stg_usage_events') }} as events
    where
        events.content_reason is not null
        or events.is_retracted
        or events.event_id is null
        or events.recorded_at > (select as_of from run)
        or {{ hash_32(['event_id', 'meter_id', 'source_system']) }} in (
            select key_hash from {{ ref('int_usage_events__repeated') }}
        )
),

placed as (
    select
        *,
        row_reason is null and recorded_at <= (select as_of from run) as is_candidate
    from suspects
),

ranked as (
    select
        *,
        row_number() over first_in as occurrence,
        first_value(fingerprint) over first_in as first_fingerprint,
        count(case when not is_retracted then 1 end) over same_key as originals,
        min(case when is_retracted then recorded_at end) over same_key as retracted_at
    from placed
    window
        same_key as (partition by event_id, meter_id, source_system, is_candidate),
        first_in as (
            partition by event_id, meter_id, source_system, is_candidate, is_retracted
            order by recorded_at, fingerprint, input_row
        )
),

reasoned as (
    select
        * exclude (_file_id, _row_number, row_reason, fingerprint, occurrence, first_fingerprint, originals, retracted_at),
        case when is_candidate and not is_retracted and occurrence = 1 then retracted_at end as known_until_at,
        case
            when row_reason is not null then row_reason
            when not is_candidate then 'NOT_YET_KNOWN'
            when is_retracted and originals = 0 then 'ORPHAN'
            when occurrence = 1 then null
            when is_retracted or fingerprint = first_fingerprint then 'DUPLICATE'
            else 'CONFLICT'
        end as reason_code
    from ranked
),

int_usage_events__set_aside as (
    select
        *,
        case
            when reason_code is null then 'accepted'
            when reason_code = 'DUPLICATE' then 'duplicate'
            when reason_code in ('ORPHAN', 'NOT_YET_KNOWN') then 'held'
            else 'rejected'
        end as row_state
    from reasoned
)

select * from int_usage_events__set_aside
