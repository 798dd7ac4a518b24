-- One row per Stripe customer. Deleted ones stay: what they bought was sold to somebody.
select
    id as customer_id,
    coalesce(name, email) as name,
    case
        when upper(address_country) = 'US' and length(address_state) = 2 then 'US-' || upper(address_state)
        else upper(address_country)
    end as jurisdiction,
    'stripe' as source_system,
    created as recorded_at,
    coalesce(not livemode, false) as is_test
from source.customer
