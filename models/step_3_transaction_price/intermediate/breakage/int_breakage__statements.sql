-- One row per lot and version of an estimate of its breakage that people recorded: its value, its constrained value and the closes that could know it (D6, D11).
--
-- Constrained as all that is variable: the lower revenue (D6). What is left of a lot is remote to be used
-- once it is no more than what all but a small probability of the scenarios says is never used.
with

lots as (
    select * from {{ ref('int_breakage__lots') }}
),

use_forecasts as (
    select * from {{ ref('int_breakage__use_forecasts') }}
),

{{ estimate_distributions(['breakage'], more='use_forecasts') }},

scoped as (
    {{ versions_in_scope('lots', ['grant_id'], {
        'grant': 'grant_id', 'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id',
        'grant_kind': 'grant_kind', 'customer_class': 'customer_class', 'jurisdiction': 'jurisdiction', 'entity': 'entity_id', 'global': none,
    }) }}
),

-- Forecasts of use are of lots that share the price of their plan or are sold by a minimum, and begin in their window.
applicable as (
    select
        scoped.*,
        lots.entity_id,
        lots.contract_id,
        case scoped.kind when 'usage_forecast' then lots.first_units else 0 end as used_of_units,
        coalesce(windows.is_for_the_rest, false) as is_for_the_rest
    from scoped
    inner join lots on lots.grant_id = scoped.grant_id
    left join (
        select distinct
            estimate_id,
            recorded_at,
            applies_from_date,
            applies_to_date,
            is_for_the_rest
        from use_forecasts
    ) as windows
        on windows.estimate_id = scoped.estimate_id
        and windows.recorded_at = scoped.recorded_at
    where
        case scoped.kind
            when 'usage_forecast'
                then
                    windows.estimate_id is not null
                    and coalesce(windows.applies_from_date <= lots.effective_date, true)
                    and coalesce(windows.applies_to_date > lots.effective_date, true)
            -- of a price that is not allocated yet nothing can be stated
            else not (lots.shares_price_of_plan and scoped.value_unit = 'amount')
        end
),

{{ estimates_by_close('applicable') }},

valued as (
    select
        dated.*,
        dated.grant_id as subject_id,
        cast(terms.expires_at as date) as resolves_on,
        -- what its contract sells beside the lot only makes a reversal less significant
        terms.net_consideration as contract_amount,
        case dated.value_unit
            when 'rate' then terms.net_consideration
            else {{ share_by_weight('terms.net_consideration', '1', '(terms.units - terms.refunded_units)') }}
        end as amount_per_value,
        cast(null as varchar) as method_choice,
        cast(null as varchar) as constraint_choice
    from dated
    left join {{ ref('fct_credit_lots') }} as terms
        on terms.grant_id = dated.grant_id
        and terms.known_from_ordinal <= dated.known_from_ordinal
        and terms.known_to_ordinal > dated.known_from_ordinal
),

{{ constrained_estimates('valued') }},

remote as (
    select
        valued.grant_id,
        valued.estimate_id,
        valued.recorded_at,
        max(scenarios.outcome) as remote_outcome
    from valued
    inner join ({{ threshold_of('breakage_remote_probability') }}) as policies
        on policies.entity_id = valued.entity_id
        and policies.from_ordinal <= valued.known_from_ordinal
        and policies.to_ordinal > valued.known_from_ordinal
    inner join scenarios
        on scenarios.estimate_id = valued.estimate_id
        and scenarios.recorded_at = valued.recorded_at
        and scenarios.at_least > 1 - policies.threshold
    group by valued.grant_id, valued.estimate_id, valued.recorded_at
),

int_breakage__statements as (
    select
        constrained.grant_id,
        constrained.entity_id,
        constrained.estimate_id,
        constrained.recorded_at,
        constrained.previous_recorded_at,
        constrained.distance,
        constrained.value_unit,
        greatest(constrained.used_of_units - coalesce(balances.drawn_units, 0) + constrained.expected_outcome, 0) as expected_value,
        -- what is judged apart holds; never more than what is expected
        greatest(constrained.used_of_units - coalesce(balances.drawn_units, 0) + constrained.constrained_outcome, 0) as constrained_value,
        greatest(constrained.used_of_units - coalesce(balances.drawn_units, 0) + coalesce(remote.remote_outcome, 0), 0) as remote_value,
        constrained.made_ordinal,
        constrained.known_from_ordinal,
        constrained.withdrawn_ordinal
    from constrained
    left join remote
        on remote.grant_id = constrained.grant_id
        and remote.estimate_id = constrained.estimate_id
        and remote.recorded_at = constrained.recorded_at
    -- what was used when a forecast of the rest was made
    left join {{ ref('int_breakage__balances') }} as balances
        on constrained.is_for_the_rest
        and balances.grant_id = constrained.grant_id
        and balances.posting_ordinal <= constrained.made_ordinal
        and balances.next_ordinal > constrained.made_ordinal
)

select * from int_breakage__statements
