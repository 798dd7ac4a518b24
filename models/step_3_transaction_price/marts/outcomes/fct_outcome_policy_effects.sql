-- One row per set of books, outcome line and period in which either policy on its outcomes earns something: what each earns, in the period and to date (D17).
--
-- They agree once windows have closed. Without an estimate of reversals there is no reserve: what that policy would earn is empty.
with

earned as (
    select
        entity_id,
        contract_id,
        line_id,
        greatest({{ int_div('revision', '10') }}, service_ordinal) as period_ordinal,
        sum(case policy when 'conservative' then amount else 0 end) as conservative_amount,
        sum(case policy when 'reserve' then amount else 0 end) as reserve_amount
    from {{ ref('fct_outcome_consideration') }}
    group by 1, 2, 3, 4
),

summed as (
    select
        *,
        sum(conservative_amount) over in_order as conservative_to_date,
        sum(reserve_amount) over in_order as reserve_to_date
    from earned
    window in_order as (partition by line_id order by period_ordinal)
),

fct_outcome_policy_effects as (
    select
        policies.book_scope,
        summed.entity_id,
        summed.contract_id,
        summed.line_id,
        periods.period_id,
        periods.period_ordinal,
        contracts.currency,
        policies.policy as policy_in_force,
        cast(summed.conservative_amount as decimal(38, 18)) as conservative_amount,
        cast(case when rates.line_id is not null then summed.reserve_amount end as decimal(38, 18)) as reserve_amount,
        cast(summed.conservative_to_date as decimal(38, 18)) as conservative_to_date,
        cast(case when rates.line_id is not null then summed.reserve_to_date end as decimal(38, 18)) as reserve_to_date,
        cast(case when rates.line_id is not null then summed.reserve_to_date - summed.conservative_to_date end as decimal(38, 18)) as difference_to_date
    from summed
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = summed.contract_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = summed.entity_id
        and periods.period_ordinal = summed.period_ordinal
    inner join {{ ref('fct_outcome_policies') }} as policies
        on policies.line_id = summed.line_id
        and policies.known_from_ordinal <= summed.period_ordinal
        and policies.known_to_ordinal > summed.period_ordinal
    left join {{ ref('fct_reversal_rates') }} as rates
        on rates.line_id = summed.line_id
        and rates.known_from_ordinal <= summed.period_ordinal
        and rates.known_to_ordinal > summed.period_ordinal
)

select * from fct_outcome_policy_effects
