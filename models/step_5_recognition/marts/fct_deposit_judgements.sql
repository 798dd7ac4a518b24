-- One row per book, agreement that is no contract and close at which what becomes of its deposit was decided, and what the rule saw (D1).
with

fct_deposit_judgements as (
    select
        book,
        entity_id,
        'contract' as subject_type,
        contract_id as subject,
        'D1.DEPOSIT' as decision_code,
        'DEPOSIT_RELEASE' as outcome,
        rule_code,
        'paid=' || cast(cast(paid_to_date as decimal(38, 4)) as varchar)
        || '; transferred=' || cast(cast(transferred_to_date as decimal(38, 4)) as varchar)
        || '; released=' || cast(cast(released_to_date as decimal(38, 4)) as varchar)
        || '; nonrefundable (refund kind none)' as inputs_seen,
        'default' as basis,
        period_ordinal as as_of_ordinal
    from {{ ref('fct_deposit_releases') }}
)

select * from fct_deposit_judgements
