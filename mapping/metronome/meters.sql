-- One row per billable metric that a product charges.
select
    metrics.billable_metric_id as meter_id,
    min(products.product_id) as product_id,
    case metrics.aggregate
        when 'COUNT' then 'count'
        when 'MAX' then 'max'
        when 'LATEST' then 'last'
        when 'UNIQUE' then 'unique'
        else 'sum'
    end as aggregation,
    coalesce(min(counted.unit_code), 'UNIT') as unit_code,
    'metronome' as source_system,
    metrics.created_at as recorded_at
from prepared.latest_metrics as metrics
inner join prepared.latest_products as products on products.billable_metric_id = metrics.billable_metric_id
left join source.metered_events as counted on counted.billable_metric_id = metrics.billable_metric_id
group by metrics.billable_metric_id, metrics.aggregate, metrics.created_at
