-- One row per entity, version of an estimate of reversals and currency: the fees of open outcomes that it expects back, and what it changes of them (D7).
with

open_fees as (
    select
        statements.line_id,
        statements.estimate_id,
        statements.recorded_at,
        sum(fees.amount) as amount
    from {{ ref('int_reversal_rates__statements') }} as statements
    inner join {{ ref('fct_outcome_fees') }} as fees
        on fees.line_id = statements.line_id
        and fees.measure = 'open'
        and {{ int_div('fees.revision', '10') }} <= statements.known_from_ordinal
    group by statements.line_id, statements.estimate_id, statements.recorded_at
),

measured as (
    select
        statements.*,
        lines.currency,
        cast(coalesce(open_fees.amount, 0) as decimal(27, 9)) as open_amount,
        before.constrained_rate as rate_before
    from {{ ref('int_reversal_rates__statements') }} as statements
    inner join {{ ref('int_outcome_lines') }} as lines on lines.line_id = statements.line_id
    left join open_fees
        on open_fees.line_id = statements.line_id
        and open_fees.estimate_id = statements.estimate_id
        and open_fees.recorded_at = statements.recorded_at
    left join {{ ref('int_reversal_rates__statements') }} as before
        on before.line_id = statements.line_id
        and before.estimate_id = statements.estimate_id
        and before.recorded_at = statements.previous_recorded_at
),

int_reversal_rates__exposures as (
    select
        entity_id,
        estimate_id,
        recorded_at,
        currency,
        min(known_from_ordinal) as known_from_ordinal,
        sum(open_amount * constrained_rate) as estimate_amount,
        -- of a first estimate nothing was earned before
        sum(abs(open_amount * (constrained_rate - coalesce(rate_before, constrained_rate)))) as catch_up_amount,
        sum(fee_amount) as corrected_amount,
        max(abs(constrained_rate - rate_before)) as moved,
        max(rate_before) as moved_from
    from measured
    group by entity_id, estimate_id, recorded_at, currency
)

select * from int_reversal_rates__exposures
