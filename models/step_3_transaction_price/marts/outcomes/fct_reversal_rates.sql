-- One row per outcome line and closes that believed so: the share of its open outcomes that is expected to be reversed (D6, D17).
--
-- Of several estimates the narrowest counts, then the one made last.
with

visible as (
    {{ visible_estimates(ref('int_reversal_rates__statements'), 'outcome_line', 'line_id') }}
),

{{ windows_between_closes('line_id', {'visible': ['visible_from_ordinal', 'visible_to_ordinal']}) }},

chosen as (
    select
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        visible.*
    from windows
    inner join visible
        on visible.line_id = windows.line_id
        and visible.visible_from_ordinal <= windows.window_from_ordinal
        and visible.visible_to_ordinal > windows.window_from_ordinal
    qualify row_number() over (
        partition by windows.line_id, windows.window_from_ordinal
        order by {{ nearest_estimate('visible') }}
    ) = 1
),

fct_reversal_rates as (
    select
        line_id,
        entity_id,
        estimate_id,
        recorded_at as estimate_recorded_at,
        expected_rate,
        constrained_rate as reversal_rate,
        constraint_rule as rule_code,
        cast(window_from_ordinal as integer) as known_from_ordinal,
        cast(window_to_ordinal as integer) as known_to_ordinal
    from chosen
)

select * from fct_reversal_rates
