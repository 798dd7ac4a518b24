-- One row per event and metric that counts it. When Metronome received it is not exported: known when first seen.
select
    transaction_id as event_id,
    billable_metric_id as meter_id,
    customer_id,
    -- only what is added up needs a number: a unique count tells values apart by dimension 1
    case
        when aggregate in ('COUNT', 'UNIQUE') then cast(1 as decimal(38, 9))
        else property_quantity
    end as quantity,
    occurred_at,
    case when aggregate = 'UNIQUE' then property_value else dim_1_value end as dim_1_value,
    dim_2_value,
    'metronome' as source_system,
    cast(null as timestamp) as recorded_at,
    is_test
from prepared.metered_properties
