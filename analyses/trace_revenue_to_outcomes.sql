-- From a revenue line of the journal back to the outcomes behind it: one row per outcome and what became of it.
--
-- Put the obligation and period of the journal line here. Under the policy in force, the last column adds up to the lines
-- of the period before rounding; what is reserved is a rate on open outcomes and of no single one (fct_outcome_reserves),
-- and what lots paid is revenue of the lot (trace_drawdown_to_usage).
with

line as (
    select
        'spc_outcomes_001:starter-resolution:outcomes' as obligation_id,
        '2025-01' as period_id
),

postings as (
    select
        moves.*,
        policies.policy,
        case policies.policy when 'reserve' then moves.resolved_ordinal else moves.service_ordinal end as earned_ordinal,
        {{ int_div('moves.revision', '10') }} as known_ordinal
    from {{ ref('fct_outcome_moves') }} as moves
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = moves.line_id
    inner join line on line.obligation_id = lines.obligation_id
    inner join {{ ref('fct_outcome_policies') }} as policies
        on policies.line_id = moves.line_id
        and policies.known_from_ordinal <= {{ int_div('moves.revision', '10') }}
        and policies.known_to_ordinal > {{ int_div('moves.revision', '10') }}
        and moves.measure in ('given_back', case policies.policy when 'reserve' then 'resolved' else 'confirmed' end, case policies.policy when 'reserve' then 'reversed' else 'confirmed' end)
)

select
    postings.outcome_id,
    outcomes.subject_ref,
    postings.measure,
    outcomes.occurred_at,
    outcomes.window_ends_at,
    outcomes.confirmed_at,
    outcomes.ended_at,
    sum(postings.quantity) as quantity,
    sum(case when postings.measure in ('reversed', 'given_back') then -postings.quantity else postings.quantity end) * max(outcomes.fee_amount) / max(outcomes.quantity) as amount
from postings
inner join {{ ref('fct_outcomes') }} as outcomes on outcomes.outcome_id = postings.outcome_id
inner join {{ ref('dim_accounting_periods') }} as periods
    on periods.entity_id = postings.entity_id
    and periods.period_ordinal = greatest(postings.known_ordinal, postings.earned_ordinal)
inner join line on line.period_id = periods.period_id
group by all
having sum(postings.quantity) <> 0
order by outcomes.occurred_at, postings.outcome_id
