-- One row per agreement and kind of token on its price sheet.
with

sheets as (
    select distinct
        sheet_id,
        token_kind
    from source.price_sheet
)

select
    agreements.agreement_id || ':' || sheets.token_kind as line_id,
    agreements.agreement_id as contract_id,
    'usage' as line_kind,
    'api' as product_id,
    sheets.sheet_id || ':' || sheets.token_kind as price_id,
    sheets.token_kind || '_tokens' as meter_id,
    agreements.starts_at as service_start,
    agreements.ends_at as service_end,
    'arrears' as billing_timing,
    'month' as billing_interval,
    'agreements' as source_system,
    agreements.accepted_at as recorded_at
from source.agreements
inner join sheets on sheets.sheet_id = agreements.sheet_id
