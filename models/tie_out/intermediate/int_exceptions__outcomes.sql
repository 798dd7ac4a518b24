-- One row per outcome line whose elected reserve rests on no estimate and outcome whose states disagree on how many it is.
with

without_rate as (
    select distinct
        'RESERVE_WITHOUT_RATE' as exception_code,
        'warn' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.line_id as subject,
        cast(null as decimal(38, 9)) as amount,
        lines.currency,
        'A reserve is elected for these outcomes and no approved estimate says what share of them is reversed (reversal_rate): they are revenue when their windows close.' as message
    from {{ ref('fct_outcome_policies') }} as policies
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = policies.line_id
    where
        policies.known_to_ordinal = 999999
        and policies.rule_code = 'D17.NO_RATE'
        and policies.elected_policy = 'reserve'
),

-- A state is that of the whole outcome.
partly_moved as (
    select
        'OUTCOME_QUANTITY_DIFFERS' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        outcome_id as subject,
        max(quantity) - min(quantity) as amount,
        cast(null as varchar) as currency,
        'The states of this outcome have different quantities, and each counts for all of it: give what is reversed or disputed alone an outcome of its own. The amount is a number of outcomes.' as message
    from {{ ref('fct_outcome_events') }}
    where withdrawn_at is null
    group by entity_id, contract_id, outcome_id
    having max(quantity) <> min(quantity)
),

int_exceptions__outcomes as (
    select * from without_rate
    union all
    select * from partly_moved
)

select * from int_exceptions__outcomes
