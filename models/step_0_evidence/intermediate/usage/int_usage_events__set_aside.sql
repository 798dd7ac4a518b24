{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='key_hash') }} {#- judged anew only where something arrived -#}
-- One row per landed usage event that needs a look of its own: unreadable, repeated, withdrawn or withdrawing.
-- depends_on: {{ ref('int_usage_events__keys') }}, {{ ref('stg_usage_events') }}, {{ source('state', 'input_files') }}
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

looked_at as (
    select key_hash from {{ ref('int_usage_events__repeated') }}
    {%- if is_incremental() %}
        union
        select key_hash from {{ this }}
        where reason_code = 'NOT_YET_KNOWN' and recorded_at <= (select as_of from run)
    {%- endif %}
),

arrived as (
    select
        -- written out for the few that are left, not for every event scanned
        events.* exclude (input_row, _file_id, _row_number),
        events._file_id as file_id,
        {{ input_row('events') }} as input_row,
        {{ hash_64(['event_id', 'meter_id', 'source_system']) }} as key_hash,
        events.recorded_at <= (select as_of from run) as is_grouped
    from {{ ref('int_usage_events__arrived') }} as events
    where
        events.content_reason is not null
        or events.is_retracted
        or events.event_id is null
        or events.recorded_at > (select as_of from run)
        or {{ hash_64(['event_id', 'meter_id', 'source_system']) }} in (select key_hash from looked_at)
),

{% if is_incremental() -%}
    judged_before as (
        select judged.* exclude (is_candidate, known_until_at, reason_code, row_state)
        from {{ this }} as judged
        inner join looked_at on looked_at.key_hash = judged.key_hash
        inner join {{ source('state', 'input_files') }} as files
            on files.file_id = judged.file_id
            and not files.is_unread
    ),

    -- What was one of its kind until now lies only in its file.
    single_before as (
        select
            events.* exclude (input_row, _file_id, _row_number),
            events._file_id as file_id,
            {{ input_row('events') }} as input_row,
            looked_at.key_hash,
            true as is_grouped
        from {{ usage_events_of_files(
            "select distinct keys.file_id from " ~ ref('int_usage_events__keys') ~ " as keys"
            ~ " inner join " ~ ref('int_usage_events__repeated') ~ " as repeated on repeated.key_hash = keys.key_hash"
            ~ " inner join " ~ source('state', 'input_files') ~ " as files on files.file_id = keys.file_id and not files.is_unread"
            ~ " left join " ~ this ~ " as judged on judged.key_hash = keys.key_hash and judged.file_id = keys.file_id"
            ~ " where judged.key_hash is null order by 1",
            reads=[ref('int_usage_events__keys'), ref('int_usage_events__repeated')],
        ) }} as events
        inner join looked_at on looked_at.key_hash = {{ hash_64(['events.event_id', 'events.meter_id', 'events.source_system']) }}
        left join judged_before on judged_before.input_row = {{ input_row('events') }}
        where judged_before.input_row is null
    ),

{% endif -%}

suspects as (
    select * from arrived
    {%- if is_incremental() %}
        union all by name
        select * from judged_before
        union all by name
        select * from single_before
    {%- endif %}
),

placed as (
    select
        *,
        case when event_id is null then coalesce(content_reason, 'NULL_KEY') else content_reason end as row_reason,
        {{ row_fingerprint(['customer_id', 'contract_id', 'line_id', 'quantity', 'occurred_at', 'dim_1_value', 'dim_2_value', 'non_billable_reason', 'rated_amount', 'rated_currency']) }} as fingerprint
    from suspects
),

candidates as (
    select
        *,
        row_reason is null and recorded_at <= (select as_of from run) as is_candidate
    from placed
),

ranked as (
    select
        *,
        row_number() over first_in as occurrence,
        first_value(fingerprint) over first_in as first_fingerprint,
        count(case when not is_retracted then 1 end) over same_key as originals,
        min(case when is_retracted then recorded_at end) over same_key as retracted_at
    from candidates
    window
        same_key as (partition by event_id, meter_id, source_system, is_candidate),
        first_in as (
            partition by event_id, meter_id, source_system, is_candidate, is_retracted
            order by recorded_at, fingerprint, input_row
        )
),

reasoned as (
    select
        * exclude (row_reason, fingerprint, occurrence, first_fingerprint, originals, retracted_at),
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
