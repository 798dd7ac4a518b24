-- One row per attempt of a request, once: what the pipeline delivered twice is one attempt.
--
-- A request is retried under its own id. The attempt that succeeded is the request; the ones before it
-- are use of their own that is never charged.
with

once as (
    select distinct
        request_id,
        coalesce(attempt, 1) as attempt,
        account_id,
        model,
        started_at,
        received_at,
        status_code,
        coalesce(input_tokens, 0) as input_tokens,
        coalesce(cached_input_tokens, 0) as cached_tokens,
        coalesce(output_tokens, 0) as output_tokens,
        coalesce(is_internal, false) as is_internal,
        coalesce(environment <> 'production', false) as is_test
    from source.request_log
),

attempts as (
    select
        case
            when status_code between 200 and 299 then request_id
            else request_id || ':failed:' || cast(attempt as varchar)
        end as event_id,
        account_id,
        model,
        started_at,
        received_at,
        input_tokens,
        cached_tokens,
        output_tokens,
        case
            when status_code not between 200 and 299 then 'failed'
            when is_internal then 'internal'
        end as non_billable_reason,
        is_test
    from once
)

select * from attempts
