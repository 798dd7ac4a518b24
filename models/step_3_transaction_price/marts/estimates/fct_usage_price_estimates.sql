-- One row per usage line, price whose tiers count across bills, window of the tiers and close at which something of it changed: the average that its units earn, constrained, and why (D6; section 3.3).
with

-- What a close knows is what its last revision knows.
windows as (
    select
        *,
        cast({{ int_div('revision', '10') }} as integer) as as_of_ordinal
    from {{ ref('int_blended_windows') }}
    qualify row_number() over (partition by run_number, scope_from_at, {{ int_div('revision', '10') }} order by revision desc) = 1
),

fct_usage_price_estimates as (
    select
        windows.window_id,
        windows.run_number,
        windows.line_id,
        lines.contract_id,
        windows.entity_id,
        prices.price_id,
        lines.currency,
        windows.scope_from_at as window_from_at,
        windows.scope_to_at as window_to_at,
        windows.as_of_ordinal,
        windows.is_over,
        windows.used_source,
        windows.estimate_id,
        windows.method,
        averages.scenario_count,
        windows.data_from,
        windows.data_to,
        windows.total_quantity as used_quantity,
        windows.total_amount as charged_amount,
        averages.whole_quantity,
        averages.estimated_amount,
        lag(averages.estimated_amount) over (
            partition by windows.run_number, windows.scope_from_at order by windows.as_of_ordinal
        ) as estimated_before,
        averages.constrained_amount,
        nullif(averages.doubts, '') as doubts,
        cast(averages.confidence as decimal(10, 9)) as confidence,
        coalesce(averages.is_relied_on, false) as is_relied_on,
        coalesce(averages.rule_code, 'D6.NOT_ESTIMATED') as rule_code
    from windows
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = windows.line_id
    left join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = windows.last_version_number
        and prices.tier_number = 1
    left join {{ ref('int_blended_averages') }} as averages on averages.window_id = windows.window_id
)

select * from fct_usage_price_estimates
