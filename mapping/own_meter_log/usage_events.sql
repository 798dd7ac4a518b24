-- One row per attempt and kind of token it used. A request that met two meters is two rows with one id.
with

metered as (
    select *, 'input_tokens' as meter_id, input_tokens as quantity from prepared.attempts
    union all
    select *, 'cached_tokens' as meter_id, cached_tokens as quantity from prepared.attempts
    where cached_tokens > 0
    union all
    select *, 'output_tokens' as meter_id, output_tokens as quantity from prepared.attempts
)

select
    event_id,
    meter_id,
    account_id as customer_id,
    cast(quantity as decimal(38, 9)) as quantity,
    started_at as occurred_at,
    model as dim_1_value,
    non_billable_reason,
    'request_log' as source_system,
    -- empty where the log has no time of receipt: the first load counts
    received_at as recorded_at,
    is_test
from metered
