-- One row per book, contract and period whose receivable is below zero or above all that was billed by then (I10).
with

documents as (
    select
        contract_id,
        case doc_type when 'credit_note' then -1 else 1 end
        * {{ from_minor_units('net_minor + tax_minor', 'minor_unit_exponent') }} as amount,
        known_ordinal,
        void_known_ordinal
    from {{ ref('fct_billing_lines') }}
),

billed as (
    select
        balances.book,
        balances.contract_id,
        balances.period_ordinal,
        sum(case
            when documents.known_ordinal > balances.period_ordinal then 0
            when documents.void_known_ordinal <= balances.period_ordinal then 0
            else documents.amount
        end) as amount
    from {{ ref('fct_contract_balances') }} as balances
    left join documents on documents.contract_id = balances.contract_id
    where balances.balance_kind = 'receivable'
    group by balances.book, balances.contract_id, balances.period_ordinal
),

chk_receivable_within_billed as (
    select
        'chk_receivable_within_billed' as control_code,
        balances.book,
        balances.entity_id,
        balances.period_id,
        balances.contract_id as subject,
        cast(case when balances.closing_amount < 0 then 0 else coalesce(billed.amount, 0) end as decimal(38, 18)) as expected_amount,
        cast(balances.closing_amount as decimal(38, 18)) as actual_amount
    from {{ ref('fct_contract_balances') }} as balances
    inner join billed
        on billed.book = balances.book
        and billed.contract_id = balances.contract_id
        and billed.period_ordinal = balances.period_ordinal
    where
        balances.balance_kind = 'receivable'
        and (balances.closing_amount < 0 or balances.closing_amount > coalesce(billed.amount, 0))
)

select * from chk_receivable_within_billed
