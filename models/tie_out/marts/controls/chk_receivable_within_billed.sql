-- One row per book, contract and period whose receivable is below zero or above all that was billed by then, or whose tax owed is not within that of its documents (I10).
with

documents as (
    select
        lines.contract_id,
        -- a credit note is negative
        {{ from_minor_units('lines.net_minor + lines.tax_minor', 'lines.minor_unit_exponent') }} as amount,
        {{ from_minor_units('lines.tax_minor', 'lines.minor_unit_exponent') }} as tax_amount,
        -- an open period may know a document or a void of a later one
        greatest(lines.known_ordinal, issued.period_ordinal) as from_ordinal,
        case when lines.void_known_ordinal is not null then greatest(lines.void_known_ordinal, voided.period_ordinal) else 999999 end as void_ordinal
    from {{ ref('fct_billing_lines') }} as lines
    {{ join_period_of_date('issued', 'lines.entity_id', 'lines.issued_date') }}
    {{ join_period_of_date('voided', 'lines.entity_id', 'lines.voided_date') }}
),

billed as (
    select
        balances.book,
        balances.contract_id,
        balances.period_ordinal,
        sum(documents.amount) as amount
    from {{ ref('fct_contract_balances') }} as balances
    inner join documents
        on documents.contract_id = balances.contract_id
        and documents.from_ordinal <= balances.period_ordinal
        and documents.void_ordinal > balances.period_ordinal
    where balances.balance_kind = 'receivable'
    group by balances.book, balances.contract_id, balances.period_ordinal
),

receivables as (
    select
        balances.book,
        balances.entity_id,
        balances.period_id,
        balances.contract_id as subject,
        case when balances.closing_amount < 0 then 0 else coalesce(billed.amount, 0) end as expected_amount,
        balances.closing_amount as actual_amount
    from {{ ref('fct_contract_balances') }} as balances
    left join billed
        on billed.book = balances.book
        and billed.contract_id = balances.contract_id
        and billed.period_ordinal = balances.period_ordinal
    where
        balances.balance_kind = 'receivable'
        and (balances.closing_amount < 0 or balances.closing_amount > coalesce(billed.amount, 0))
),

taxed as (
    select
        contract_id,
        sum(case when void_ordinal = 999999 then tax_amount else 0 end) as amount
    from documents
    group by contract_id
),

owed as (
    select
        book,
        entity_id,
        contract_id,
        sum(credit_amount - debit_amount) as amount
    from {{ ref('fct_journal_lines') }}
    where
        posting_role = 'sales_tax_payable'
        and event_type <> 'manual_adjustment'
        and contract_id is not null
    group by book, entity_id, contract_id
),

-- What is paid of a document brings no more tax than it bears.
taxes as (
    select
        owed.book,
        owed.entity_id,
        cast(null as varchar) as period_id,
        owed.contract_id || ':tax' as subject,
        coalesce(taxed.amount, 0) as expected_amount,
        owed.amount as actual_amount
    from owed
    left join taxed on taxed.contract_id = owed.contract_id
    where
        owed.amount > greatest(coalesce(taxed.amount, 0), 0)
        or owed.amount < least(coalesce(taxed.amount, 0), 0)
),

chk_receivable_within_billed as (
    select
        'chk_receivable_within_billed' as control_code,
        book,
        entity_id,
        period_id,
        subject,
        cast(expected_amount as decimal(38, 18)) as expected_amount,
        cast(actual_amount as decimal(38, 18)) as actual_amount
    from receivables

    union all

    select
        'chk_receivable_within_billed' as control_code,
        book,
        entity_id,
        period_id,
        subject,
        cast(expected_amount as decimal(38, 18)) as expected_amount,
        cast(actual_amount as decimal(38, 18)) as actual_amount
    from taxes
)

select * from chk_receivable_within_billed
