-- One row per estimate of the average that units of a window of tiers earn, and scenario: how much is used in all, and what all of it costs (D6).
with

fct_usage_price_scenarios as (
    select
        outcomes.window_id,
        estimates.line_id,
        estimates.contract_id,
        estimates.as_of_ordinal,
        outcomes.scenario_no,
        outcomes.probability,
        outcomes.whole_quantity,
        outcomes.whole_amount,
        outcomes.expected_amount
    from {{ ref('int_blended_outcomes') }} as outcomes
    inner join {{ ref('fct_usage_price_estimates') }} as estimates
        on estimates.window_id = outcomes.window_id
        and not estimates.is_over
)

select * from fct_usage_price_scenarios
