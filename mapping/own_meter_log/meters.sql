-- One row per kind of token. The log counts cached tokens inside input, so input contains them.
with

first_sheet as (
    select min(published_at) as published_at
    from source.price_sheet
),

kinds as (
    select 'cached_tokens' as meter_id, cast(null as varchar) as contains_meter_id
    union all
    select 'input_tokens' as meter_id, 'cached_tokens' as contains_meter_id
    union all
    select 'output_tokens' as meter_id, cast(null as varchar) as contains_meter_id
)

select
    kinds.meter_id,
    'api' as product_id,
    'sum' as aggregation,
    'TOKEN' as unit_code,
    kinds.contains_meter_id,
    'price_sheet' as source_system,
    first_sheet.published_at as recorded_at
from kinds
cross join first_sheet
