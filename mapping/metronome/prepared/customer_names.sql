-- One row per name by which events call a customer: its id and its ingest aliases.
with

customer_names as (
    select customer_id, customer_id as event_customer_id
    from prepared.latest_customers
    union
    select customer_id, unnest(from_json(ingest_aliases, '["VARCHAR"]')) as event_customer_id
    from prepared.latest_customers
    where ingest_aliases is not null
)

select * from customer_names
