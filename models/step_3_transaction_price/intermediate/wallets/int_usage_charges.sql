-- One row per usage line segment, or segment of outcomes paid from lots, service period and revision: what that knowledge changed in the charge, in the unit of the price.
--
-- The product kernel: both the quantity and a price that is one rate are step functions of knowledge, so
-- the charge changes by (change of quantity) x price and quantity x (change of price), and what
-- arrived last is the cause. Prices that depend on what was used before are rated apart.
with

measures as (
    select
        line_id,
        contract_id,
        entity_id,
        line_segment_number,
        segment_from_at,
        dim_1_value,
        dim_2_value,
        service_ordinal,
        {{ usage_revision('usage') }} as revision,
        quantity
    from {{ ref('fct_usage_by_period') }} as usage
),

products as (
    select
        -- a price that was withdrawn names no line any more, so the usage does
        measures.line_id,
        measures.contract_id,
        measures.entity_id,
        measures.line_segment_number,
        measures.segment_from_at,
        measures.service_ordinal,
        rates.unit_code,
        greatest(measures.revision, rates.revision) as revision,
        {{ amount_at_rate(
            'measures.quantity',
            'case when rates.revision <= measures.revision then rates.rate_whole else rates.rate_whole_change end',
            'case when rates.revision <= measures.revision then rates.rate_rest else rates.rate_rest_change end',
        ) }} as amount
    from measures
    inner join {{ ref('fct_usage_rates') }} as rates
        on rates.line_segment_number = measures.line_segment_number
        and rates.dim_1_value is not distinct from measures.dim_1_value
        and rates.dim_2_value is not distinct from measures.dim_2_value
        -- the price in force when the quantity arrived, and every later change of it
        and rates.next_revision > measures.revision
    where rates.unit_code is not null
),

-- Outcomes draw lots once they can be reversed no more, and what is given back after that returns.
segments as (
    select distinct
        line_segment_number,
        line_id,
        contract_id,
        entity_id,
        segment_from_at
    from {{ ref('fct_outcome_measures') }}
),

outcomes as (
    select
        segments.*,
        fees.service_ordinal,
        fees.unit_code,
        fees.revision,
        case fees.measure when 'confirmed' then fees.amount else -fees.amount end as amount
    from {{ ref('int_outcome_fees') }} as fees
    inner join segments on segments.line_segment_number = fees.line_segment_number
    inner join {{ ref('int_outcome_lines') }} as lines
        on lines.line_id = segments.line_id
        and (lines.currency <> fees.unit_code or lines.draws_money_lots)
    where fees.measure in ('confirmed', 'given_back')
),

charges as (
    select * from products
    union all by name
    select * from outcomes
    union all by name
    select * from {{ ref('int_rating_changes') }}
    union all by name
    select * from {{ ref('int_flat_charges') }}
    union all by name
    select * from {{ ref('int_event_charges') }}
),

int_usage_charges as (
    select
        line_id,
        contract_id,
        entity_id,
        line_segment_number,
        segment_from_at,
        service_ordinal,
        unit_code,
        revision,
        cast(sum(amount) as decimal(38, 18)) as amount,
        cast(coalesce(sum(deferred_amount), 0) as decimal(38, 18)) as deferred_amount
    from charges
    group by 1, 2, 3, 4, 5, 6, 7, 8
    -- the rest of a division leaves dust of a few 10^-18 when a price is corrected
    having abs(sum(amount)) >= 0.00000000000000001 or abs(sum(deferred_amount)) >= 0.00000000000000001
)

select * from int_usage_charges
