-- One row per cancellation, and one more where the customer took it back before it took effect.
with

cancellations as (
    select
        versions.id as contract_id,
        versions.id || ':cancelled:' || cast(versions.canceled_at as varchar) as contract_event_id,
        versions.canceled_at,
        max(case when coalesce(versions._fivetran_active, true) then 1 else 0 end) as still_holds,
        max(coalesce(versions.cancel_at, versions.ended_at, versions.canceled_at)) as effective_at
    from source.subscription_history as versions
    inner join prepared.subscriptions as subscriptions on subscriptions.subscription_id = versions.id
    where versions.canceled_at is not null
    group by versions.id, versions.canceled_at
)

select
    contract_event_id,
    contract_id,
    'terminated' as event_kind,
    effective_at,
    canceled_at as approved_at,
    'stripe' as source_system,
    canceled_at as recorded_at,
    false as is_retracted,
    'subscription ' || contract_id as source_ref
from cancellations
union all
select
    contract_event_id,
    contract_id,
    'terminated' as event_kind,
    effective_at,
    canceled_at as approved_at,
    'stripe' as source_system,
    -- Stripe does not say when it was taken back: known when first seen
    cast(null as timestamp) as recorded_at,
    true as is_retracted,
    'subscription ' || contract_id as source_ref
from cancellations
where still_holds = 0
