-- One row per Stripe product, of the kind that you stated. One not stated is rejected and shown, never guessed.
select
    product.id as product_id,
    product.name,
    kinds.product_kind,
    kinds.unit_code,
    kinds.family,
    'stripe' as source_system,
    product.created as recorded_at,
    coalesce(not product.livemode, false) as is_test
from source.product
left join source.product_kinds as kinds on kinds.product_id = product.id
