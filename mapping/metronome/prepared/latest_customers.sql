-- One row per customer: its newest copy.
with

copies as (
    select
        *,
        row_number() over (partition by id order by updated_at desc) as newest
    from source.customer
),

latest_customers as (
    select
        id as customer_id,
        name,
        ingest_aliases,
        created_at,
        environment_type = 'SANDBOX' as is_test
    from copies
    where newest = 1
)

select * from latest_customers
