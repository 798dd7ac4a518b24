-- One row per product. A fixed or composite product is of the kind that you stated, else it is rejected and shown.
select
    products.product_id,
    products.name,
    coalesce(
        kinds.product_kind,
        case upper(products.product_type) when 'USAGE' then 'usage' when 'SUBSCRIPTION' then 'access' end
    ) as product_kind,
    'metronome' as source_system,
    products.created_at as recorded_at
from prepared.latest_products as products
left join source.product_kinds as kinds on kinds.product_id = products.product_id
