-- One row: the API is one service, whatever the kind of token. Models are a dimension of its price.
select
    'api' as product_id,
    'Model API' as name,
    'usage' as product_kind,
    'TOKEN' as unit_code,
    'price_sheet' as source_system,
    min(published_at) as recorded_at
from source.price_sheet
