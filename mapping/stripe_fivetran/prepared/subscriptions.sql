-- One row per subscription that became an agreement: its latest version.
with

used_currencies as (
    select subscription_id, upper(currency) as currency
    from source.invoice
    where subscription_id is not null
    union
    select item.subscription_id, upper(price.currency) as currency
    from source.subscription_item as item
    inner join source.price as price on price.id = item.plan_id
),

subscription_currencies as (
    select subscription_id, min(currency) as currency
    from used_currencies
    group by subscription_id
),

subscriptions as (
    select
        latest.id as subscription_id,
        latest.customer_id,
        currencies.currency,
        latest.created,
        -- what is free before the trial ends is not sold yet
        coalesce(latest.trial_end, latest.start_date, latest.created) as starts_at,
        latest.days_until_due,
        coalesce(not latest.livemode, false) as is_test
    from source.subscription_history as latest
    left join subscription_currencies as currencies on currencies.subscription_id = latest.id
    where
        coalesce(latest._fivetran_active, true)
        -- these were never paid for the first time and lapsed
        and latest.status not in ('incomplete', 'incomplete_expired')
)

select * from subscriptions
