-- One row per subject of an estimate that has resolved and close that estimated it before: what it said, and what came (D6, D7).
--
-- Use: units of a window of tiers; reversed where they earned less than was let into revenue. Breakage: units of a lot
-- that were never used. Variable consideration: its amount once its days are over.
with

estimates as (
    select * from {{ ref('fct_usage_price_estimates') }}
),

use as (
    select
        'usage_forecast' as kind,
        made.line_id as subject_id,
        made.window_from_at as subject_from_at,
        made.entity_id,
        made.used_source,
        forecasts.cohort,
        made.estimate_id,
        made.as_of_ordinal,
        resolved.as_of_ordinal as resolved_ordinal,
        'units' as value_unit,
        made.whole_quantity as estimated_value,
        resolved.whole_quantity as actual_value,
        -- what the units expected cost at the average that came; less by more than the last decimals
        coalesce(
            made.is_relied_on
            and {{ share_by_weight('cast(resolved.estimated_amount as decimal(38, 9))', 'made.whole_quantity', 'resolved.whole_quantity') }}
            < made.constrained_amount - cast(0.000001 as decimal(9, 9)),
            false
        ) as is_reversed
    from estimates as made
    inner join estimates as resolved
        on resolved.run_number = made.run_number
        and resolved.window_from_at = made.window_from_at
        and resolved.is_over
        and not made.is_over
    left join {{ ref('fct_usage_forecasts') }} as forecasts
        on forecasts.line_id = made.line_id
        and forecasts.as_of_ordinal = made.as_of_ordinal
        and made.used_source = 'history'
    where made.estimate_id is not null
    qualify row_number() over (partition by made.window_id order by resolved.as_of_ordinal desc) = 1
),

lapsed as (
    select
        grant_id,
        sum(case taken_by when 'expiry' then units else 0 end) as lapsed_units,
        sum(case when taken_by in ('void', 'forfeit') then units else 0 end) as voided_units,
        cast(min(case taken_by when 'expiry' then {{ int_div('revision', '10') }} end) as integer) as resolved_ordinal
    from {{ ref('fct_credit_draws') }}
    group by grant_id
    having sum(case taken_by when 'expiry' then units else 0 end) > 0
),

lots as (
    select
        lots.grant_id,
        lots.effective_at,
        lots.net_consideration,
        cast(lots.units - lots.refunded_units - lapsed.voided_units as decimal(38, 18)) as usable_units,
        lapsed.lapsed_units,
        lapsed.resolved_ordinal
    from {{ ref('fct_credit_lots') }} as lots
    inner join lapsed on lapsed.grant_id = lots.grant_id
    where lots.known_to_ordinal = 999999
),

breakage as (
    select
        'breakage' as kind,
        made.grant_id as subject_id,
        lots.effective_at as subject_from_at,
        made.entity_id,
        made.used_source,
        made.cohort,
        made.estimate_id,
        made.as_of_ordinal,
        lots.resolved_ordinal,
        'units' as value_unit,
        cast({{ breakage_units('made', 'lots.usable_units', 'lots.net_consideration', value='expected_value') }} as decimal(38, 9)) as estimated_value,
        cast(lots.lapsed_units as decimal(38, 9)) as actual_value,
        made.rule_code = 'D11.PROPORTIONAL'
        and lots.lapsed_units < {{ breakage_units('made', 'lots.usable_units', 'lots.net_consideration') }} as is_reversed
    from {{ ref('fct_breakage_estimates') }} as made
    inner join lots
        on lots.grant_id = made.grant_id
        and lots.resolved_ordinal > made.as_of_ordinal
    where made.used_source is not null
),

variable as (
    select
        'variable_consideration' as kind,
        made.variable_id as subject_id,
        cast(made.from_date as timestamp) as subject_from_at,
        made.entity_id,
        'management' as used_source,
        made.variable_kind as cohort,
        made.estimate_id,
        made.known_from_ordinal as as_of_ordinal,
        cast(ended.period_ordinal as integer) as resolved_ordinal,
        'amount' as value_unit,
        made.expected_amount as estimated_value,
        resolved.amount as actual_value,
        resolved.amount < made.constrained_amount as is_reversed
    from {{ ref('fct_variable_consideration') }} as made
    inner join {{ ref('fct_variable_consideration') }} as resolved
        on resolved.variable_id = made.variable_id
        and resolved.known_to_ordinal = 999999
    inner join {{ ref('dim_accounting_periods') }} as ended
        on ended.entity_id = made.entity_id
        and ended.start_date < resolved.to_date
        and ended.end_date >= resolved.to_date
        and ended.has_begun
        and not ended.is_flash
    where
        made.estimate_id is not null
        and made.known_from_ordinal < ended.period_ordinal
),

together as (
    select * from use
    union all
    select * from breakage
    union all
    select * from variable
),

fct_estimate_lookback as (
    select
        *,
        cast(actual_value - estimated_value as decimal(38, 9)) as error_value
    from together
)

select * from fct_estimate_lookback
