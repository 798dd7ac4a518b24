-- One row per customer, as its newest copy has it.
select
    customer_id,
    name,
    'metronome' as source_system,
    created_at as recorded_at,
    is_test
from prepared.latest_customers
