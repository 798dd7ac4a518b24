-- One row per line segment, measure, period of the outcomes, service period, unit of the price and revision: what that knowledge changed in the fees of outcomes.
--
-- The fee is that of the day on which the outcome was reached, whatever the price is when its window closes (E50).
with

at_one_rate as (
    select
        measures.line_segment_number,
        measures.measure,
        measures.resolved_ordinal,
        measures.service_ordinal,
        rates.unit_code,
        greatest(measures.revision, rates.revision) as revision,
        {{ amount_at_rate(
            'measures.quantity',
            'case when rates.revision <= measures.revision then rates.rate_whole else rates.rate_whole_change end',
            'case when rates.revision <= measures.revision then rates.rate_rest else rates.rate_rest_change end',
        ) }} as amount
    from {{ ref('fct_outcome_measures') }} as measures
    inner join {{ ref('fct_usage_rates') }} as rates
        on rates.line_segment_number = measures.line_segment_number
        and rates.dim_1_value is null
        and rates.dim_2_value is null
        and rates.next_revision > measures.revision
        and rates.unit_code is not null
    where measures.measure in ('resolved', 'open', 'confirmed', 'reversed', 'given_back')
),

-- Outcomes have one price, and its unit is that of the first version.
units as (
    select distinct
        line_segment_number,
        unit_code
    from {{ ref('fct_usage_rates') }}
    where rated_by = 'quantity'
),

charged as (
    select * from at_one_rate
    union all by name
    select
        counted.*,
        units.unit_code
    from {{ ref('int_outcome_fees__counted') }} as counted
    inner join units on units.line_segment_number = counted.line_segment_number
),

int_outcome_fees as (
    select
        line_segment_number,
        measure,
        resolved_ordinal,
        service_ordinal,
        unit_code,
        revision,
        cast(sum(amount) as decimal(38, 18)) as amount
    from charged
    group by 1, 2, 3, 4, 5, 6
    having sum(amount) <> 0
)

select * from int_outcome_fees
