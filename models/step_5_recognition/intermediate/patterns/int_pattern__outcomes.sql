-- One row per obligation, set of books, component, service period and revision: fees of outcomes by the policy in force (D17; ASC 606-10-32-11, 55-85, IFRS 15.56, B83).
--
-- Measure and unit value met in fct_outcome_charges. Here they count since the close at which the agreement is a contract, and no
-- more since one that found it to be none, or lost it for the time in which the outcome was reached.
with

earned as (
    select
        gates.book_scope,
        charges.entity_id,
        charges.contract_id,
        charges.obligation_id,
        charges.component,
        'D17.OUTCOME' as rule_code,
        charges.service_ordinal,
        gates.until_ordinal,
        greatest(charges.revision, gates.gate_ordinal * 10 + {{ family('contract') }}) as revision,
        cast(sum(charges.amount) as decimal(38, 18)) as amount
    from {{ ref('fct_outcome_charges') }} as charges
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = charges.contract_id
        and gates.book_scope = charges.book_scope
        and gates.from_at <= charges.segment_from_at
        and gates.to_at > charges.segment_from_at
        and gates.until_ordinal * 10 > greatest(charges.revision, gates.gate_ordinal * 10 + {{ family('contract') }})
        and gates.gate_ordinal is not null
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

int_pattern__outcomes as (
    {{ earned_until_lost('earned') }}
)

select * from int_pattern__outcomes
