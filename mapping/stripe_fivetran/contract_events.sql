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
),

-- Stripe does not say when it was taken back: before the customer cancelled again, or else when first seen.
followed as (
    select
        *,
        lead(canceled_at) over (partition by contract_id order by canceled_at) as next_canceled_at
    from cancellations
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
from followed
union all
select
    contract_event_id,
    contract_id,
    'terminated' as event_kind,
    effective_at,
    canceled_at as approved_at,
    'stripe' as source_system,
    next_canceled_at as recorded_at,
    true as is_retracted,
    'subscription ' || contract_id as source_ref
from followed
where still_holds = 0
