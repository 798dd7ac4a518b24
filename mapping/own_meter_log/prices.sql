-- One row per sheet, kind of token, model and start of validity.
select
    sheet_id || ':' || token_kind as price_id,
    'unit' as model,
    company.currency as unit_code,
    cast(amount_per_million as decimal(38, 9)) as rate_amount,
    cast(1000000 as decimal(38, 9)) as rate_per_quantity,
    'model' as dim_1_key,
    model as dim_1_value,
    valid_from,
    valid_to,
    'price_sheet' as source_system,
    published_at as recorded_at,
    sheet_id as source_ref
from source.price_sheet
cross join source.company
