-- One row per book, contract and period whose receivable is below zero or above all that was billed by then (I10).
with

documents as (
    select
        lines.contract_id,
        case lines.doc_type when 'credit_note' then -1 else 1 end
        * {{ from_minor_units('lines.net_minor + lines.tax_minor', 'lines.minor_unit_exponent') }} as amount,
        lines.known_ordinal,
        -- an open period may know a void of a later one
        case when lines.void_known_ordinal is not null then greatest(lines.void_known_ordinal, voided.period_ordinal) end as void_ordinal
    from {{ ref('fct_billing_lines') }} as lines
    {{ join_period_of_date('voided', 'lines.entity_id', 'lines.voided_date') }}
),

billed as (
    select
        balances.book,
        balances.contract_id,
        balances.period_ordinal,
        sum(case
            when documents.known_ordinal > balances.period_ordinal then 0
            when documents.void_ordinal <= balances.period_ordinal then 0
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
