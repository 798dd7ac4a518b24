-- One row per entity and product, meter or line that does not count as it is stated.
with

-- What a product is decided how closed periods earn, so it is no edit after a close.
kept_kinds as (
    select
        'PRODUCT_KIND_KEPT' as exception_code,
        'warn' as severity,
        lines.entity_id,
        cast(null as varchar) as contract_id,
        products.product_id as subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'This product is stated as ' || products.stated_product_kind || ' since a close knew it as ' || products.product_kind || ': its lines go on as ' || products.product_kind || '.' as message
    from {{ ref('dim_products') }} as products
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.product_id = products.product_id
    where products.stated_product_kind <> products.product_kind
    group by lines.entity_id, products.product_id, products.stated_product_kind, products.product_kind
),

-- So did how a meter counts.
kept_meters as (
    select
        'METER_KEPT' as exception_code,
        'warn' as severity,
        lines.entity_id,
        cast(null as varchar) as contract_id,
        meters.meter_id as subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'This meter is stated as ' || meters.stated_aggregation || coalesce(' with ' || meters.stated_contains_meter_id || ' in it', '')
        || ': its use goes on as ' || meters.aggregation || coalesce(' with ' || meters.contains_meter_id || ' in it', '') || ', as it first counted.' as message
    from {{ ref('dim_meters') }} as meters
    inner join {{ ref('fct_usage_by_period') }} as lines on lines.meter_id = meters.meter_id
    where
        meters.stated_aggregation <> meters.aggregation
        or meters.stated_contains_meter_id is distinct from meters.contains_meter_id
    group by lines.entity_id, meters.meter_id, meters.stated_aggregation, meters.aggregation, meters.stated_contains_meter_id, meters.contains_meter_id
),

-- Rounding to whole units moves the charge where the quantity of a period is not whole.
broken as (
    select
        entity_id,
        contract_id,
        line_id,
        meter_id,
        sum(quantity) as quantity
    from {{ ref('fct_usage_by_period') }}
    -- of events that carry what they cost, an amount is counted
    where line_segment_number not in (select line_segment_number from {{ ref('fct_usage_scopes') }} where scope = 'carried')
    group by entity_id, contract_id, line_id, meter_id, service_ordinal
    having sum(quantity) <> floor(sum(quantity))
),

unrounded as (
    select
        'METER_ROUNDING_NOT_APPLIED' as exception_code,
        'block' as severity,
        broken.entity_id,
        broken.contract_id,
        broken.line_id as subject,
        cast(null as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'The quantity of meter ' || meters.meter_id || ' is stated to be rounded (' || meters.rounding || ') to whole units; '
        || cast(sum(broken.quantity) as varchar) || ' is charged as it was counted.' as message
    from broken
    inner join {{ ref('dim_meters') }} as meters
        on meters.meter_id = broken.meter_id
        and meters.rounding is not null
    group by broken.entity_id, broken.contract_id, broken.line_id, meters.meter_id, meters.rounding
),

int_exceptions__catalogue as (
    select * from kept_kinds
    union all
    select * from kept_meters
    union all
    select * from unrounded
)

select * from int_exceptions__catalogue
