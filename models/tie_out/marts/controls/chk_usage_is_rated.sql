-- One row per usage or outcome line and period with billable usage, or outcomes, that no price rates (I13).
--
-- Lines that no pattern recognises, and prices of a model that is not built, are exceptions of their own.
with

counted as (
    select
        entity_id,
        line_id,
        line_segment_number,
        dim_1_value,
        dim_2_value,
        service_ordinal,
        quantity
    from {{ ref('fct_usage_by_period') }}
    union all
    select
        entity_id,
        line_id,
        line_segment_number,
        cast(null as varchar) as dim_1_value,
        cast(null as varchar) as dim_2_value,
        service_ordinal,
        quantity
    from {{ ref('fct_outcome_measures') }}
    where measure = 'resolved'
),

unrated as (
    select
        usage.entity_id,
        usage.line_id,
        usage.service_ordinal,
        usage.quantity
    from counted as usage
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = usage.line_id
    left join {{ ref('fct_usage_rates') }} as rates
        on rates.line_segment_number = usage.line_segment_number
        and rates.dim_1_value is not distinct from usage.dim_1_value
        and rates.dim_2_value is not distinct from usage.dim_2_value
        and rates.next_revision = 99999999
    where
        not coalesce(rates.is_rated, false)
        and coalesce(rates.not_rated_reason, 'NO_PRICE') in ('NO_PRICE', 'BAD_CURRENCY')
),

chk_usage_is_rated as (
    select
        'chk_usage_is_rated' as control_code,
        '*' as book,
        unrated.entity_id,
        periods.period_id,
        unrated.line_id as subject,
        cast(sum(unrated.quantity) as decimal(38, 18)) as expected_amount,
        cast(0 as decimal(38, 18)) as actual_amount
    from unrated
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = unrated.entity_id
        and periods.period_ordinal = unrated.service_ordinal
    group by unrated.entity_id, periods.period_id, unrated.line_id
    having sum(unrated.quantity) <> 0
)

select * from chk_usage_is_rated
