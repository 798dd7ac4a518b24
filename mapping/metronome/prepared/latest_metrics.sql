-- One row per billable metric: its newest copy, with the property it adds up.
with

copies as (
    select
        *,
        row_number() over (partition by id order by updated_at desc) as newest
    from source.billable_metric
),

latest_metrics as (
    select
        id as billable_metric_id,
        upper(aggregate) as aggregate,
        json_extract_string(aggregate_keys, '$[0]') as property,
        created_at
    from copies
    where newest = 1
)

select * from latest_metrics
