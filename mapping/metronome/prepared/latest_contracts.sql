-- One row per contract: its newest snapshot.
with

copies as (
    select
        *,
        row_number() over (partition by id order by snapshot_id desc) as newest
    from source.contracts_contracts
),

latest_contracts as (
    select
        copies.id as contract_id,
        copies.customer_id,
        copies.rate_card_id,
        copies.starting_at,
        copies.ending_before,
        copies.net_payment_terms_days,
        copies.salesforce_opportunity_id,
        copies.created_at,
        copies.archived_at,
        customers.is_test
    from copies
    left join prepared.latest_customers as customers on customers.customer_id = copies.customer_id
    where copies.newest = 1
)

select * from latest_contracts
