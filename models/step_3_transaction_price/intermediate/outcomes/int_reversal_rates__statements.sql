-- One row per outcome line and version of an estimate of what share is reversed, by people or from history: its value, constrained, and the closes that could know it (D6, D17).
--
-- Constrained as all that is variable: towards more reversals. The sum of many outcomes is what may reverse: the worst plausible one
-- is weighed against all fees of the line.
with

lines as (
    select * from {{ ref('int_outcome_lines') }}
),

history as (
    select * from {{ ref('int_reversals__expected') }}
),

{{ estimate_distributions(['reversal_rate'], "value_unit = 'rate'", more='history') }},

-- What people state goes before what history says.
applicable as (
    {{ versions_in_scope('lines', ['line_id', 'contract_id', 'entity_id'], {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id',
        'customer_class': 'customer_class', 'jurisdiction': 'jurisdiction', 'entity': 'entity_id', 'global': none, 'history': 'line_id',
    }) }}
),

{{ estimates_by_close('applicable') }},

fees as (
    select
        dated.line_id,
        dated.estimate_id,
        dated.recorded_at,
        sum(fees.amount) as amount
    from dated
    inner join {{ ref('fct_outcome_fees') }} as fees
        on fees.line_id = dated.line_id
        and fees.measure = 'resolved'
        and {{ int_div('fees.revision', '10') }} <= dated.known_from_ordinal
    group by dated.line_id, dated.estimate_id, dated.recorded_at
),

subjects as (
    select
        dated.*,
        dated.line_id as subject_id,
        cast(null as date) as resolves_on,
        cast(fees.amount as decimal(38, 9)) as contract_amount,
        cast(coalesce(fees.amount, 0) as decimal(38, 9)) as amount_per_value,
        cast(null as varchar) as method_choice,
        cast(null as varchar) as constraint_choice
    from dated
    left join fees
        on fees.line_id = dated.line_id
        and fees.estimate_id = dated.estimate_id
        and fees.recorded_at = dated.recorded_at
),

{{ constrained_estimates('subjects') }},

int_reversal_rates__statements as (
    select
        line_id,
        entity_id,
        estimate_id,
        recorded_at,
        previous_recorded_at,
        distance,
        amount_per_value as fee_amount,
        -- an outcome of an estimate is signed as it brings revenue
        cast(-expected_outcome as decimal(10, 9)) as expected_rate,
        cast(-constrained_outcome as decimal(10, 9)) as constrained_rate,
        constraint_rule,
        made_ordinal,
        known_from_ordinal,
        withdrawn_ordinal
    from constrained
)

select * from int_reversal_rates__statements
