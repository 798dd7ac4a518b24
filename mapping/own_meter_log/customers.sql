-- One row per account.
select
    account_id as customer_id,
    name,
    upper(country) as jurisdiction,
    'accounts' as source_system,
    created_at as recorded_at
from source.accounts
