-- One row per event and metric that counts it: the newest copy of the event, its properties as plain columns.
with

copies as (
    select
        *,
        row_number() over (partition by transaction_id order by updated_at desc) as newest
    from source.events
),

metrics as (
    select
        products.product_id,
        products.dim_1_key,
        products.dim_2_key,
        metrics.billable_metric_id,
        metrics.aggregate,
        metrics.property,
        counted.event_type
    from prepared.latest_metrics as metrics
    inner join source.metered_events as counted on counted.billable_metric_id = metrics.billable_metric_id
    inner join prepared.latest_products as products on products.billable_metric_id = metrics.billable_metric_id
),

metered_properties as (
    select
        copies.transaction_id,
        metrics.billable_metric_id,
        coalesce(names.customer_id, copies.customer_id) as customer_id,
        copies.timestamp as occurred_at,
        metrics.aggregate,
        json_extract_string(copies.properties, '$."' || metrics.property || '"') as property_value,
        -- what is no number is left empty, so that its row is rejected and the others are not
        try_cast(json_extract_string(copies.properties, '$."' || metrics.property || '"') as decimal(38, 9)) as property_quantity,
        json_extract_string(copies.properties, '$."' || metrics.dim_1_key || '"') as dim_1_value,
        json_extract_string(copies.properties, '$."' || metrics.dim_2_key || '"') as dim_2_value,
        copies.environment_type = 'SANDBOX' as is_test
    from copies
    inner join metrics on metrics.event_type = copies.event_type
    left join prepared.customer_names as names on names.event_customer_id = copies.customer_id
    where copies.newest = 1
)

select * from metered_properties
