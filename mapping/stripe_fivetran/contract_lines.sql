-- One row per invoice line that is not metered, one more where its invoice was voided, and one per metered subscription item.
--
-- The invoice line, not the subscription item, is the fee: Stripe overwrites an item's quantity and price,
-- while its invoices keep each change as proration lines, which together earn exactly what was billed.
with

billed as (
    select
        document_line_id as line_id,
        contract_id,
        product_id,
        cast(abs(quantity) as decimal(38, 9)) as quantity,
        cast(net_units * major_per_unit as decimal(38, 9)) as fixed_amount,
        period_start as service_start,
        -- equal ends are a point in time
        case when period_end > period_start then period_end end as service_end,
        issued_at,
        voided_at,
        is_test
    from prepared.issued_lines
    where usage_type <> 'metered'
),

metered as (
    select
        item.id as line_id,
        item.subscription_id as contract_id,
        price.product_id,
        price.id as price_id,
        price.product_id as meter_id,
        subscriptions.starts_at as service_start,
        price.recurring_interval as billing_interval,
        item.created as recorded_at,
        subscriptions.is_test
    from source.subscription_item as item
    inner join source.price as price
        on price.id = item.plan_id
        and price.recurring_usage_type = 'metered'
    inner join prepared.subscriptions as subscriptions on subscriptions.subscription_id = item.subscription_id
),

contract_lines as (
    select
        line_id,
        contract_id,
        'fixed_fee' as line_kind,
        product_id,
        quantity,
        fixed_amount,
        'once' as amount_interval,
        cast(null as varchar) as price_id,
        cast(null as varchar) as meter_id,
        service_start,
        service_end,
        'advance' as billing_timing,
        cast(null as varchar) as billing_interval,
        issued_at as recorded_at,
        false as is_retracted,
        is_test
    from billed
    union all
    select
        line_id,
        contract_id,
        'fixed_fee' as line_kind,
        product_id,
        quantity,
        fixed_amount,
        'once' as amount_interval,
        cast(null as varchar) as price_id,
        cast(null as varchar) as meter_id,
        service_start,
        service_end,
        'advance' as billing_timing,
        cast(null as varchar) as billing_interval,
        voided_at as recorded_at,
        true as is_retracted,
        is_test
    from billed
    where voided_at is not null
    union all
    select
        line_id,
        contract_id,
        'usage' as line_kind,
        product_id,
        cast(null as decimal(38, 9)) as quantity,
        cast(null as decimal(38, 9)) as fixed_amount,
        cast(null as varchar) as amount_interval,
        price_id,
        meter_id,
        service_start,
        cast(null as timestamp) as service_end,
        'arrears' as billing_timing,
        billing_interval,
        recorded_at,
        false as is_retracted,
        is_test
    from metered
)

select
    *,
    'stripe' as source_system
from contract_lines
