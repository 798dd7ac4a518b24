-- One row per contract that ended two periods ago and still has a balance that nothing settles, per applied credit that nothing left, and per document of which more was written off than was receivable.
--
-- At the end a contract has earned what was billed (ASC 606-10-45-1, IFRS 15.105). What is earned and was never invoiced, or
-- invoiced and never earned, is a bill that is missing, one too much, or a reduction that no credit note says.
with

latest_periods as (
    select
        entity_id,
        max(period_ordinal) as period_ordinal
    from {{ ref('dim_accounting_periods') }}
    where has_begun
    group by entity_id
),

terminated as (
    select
        contract_id,
        min(effective_at) as effective_at
    from {{ ref('fct_terminations') }}
    where withdrawn_at is null
    group by contract_id
),

-- Credits may be used after the contract that sold them.
outlasting as (
    select distinct contract_id
    from {{ ref('fct_credit_grants') }}
    where
        not is_withdrawn
        and expires_at is null
),

-- where no documents are loaded nothing is ever settled
billing as (
    select distinct entity_id
    from {{ ref('fct_billing_lines') }}
),

ended as (
    select
        contracts.contract_id,
        contracts.entity_id,
        latest_periods.period_ordinal
    from {{ ref('dim_contracts') }} as contracts
    inner join latest_periods on latest_periods.entity_id = contracts.entity_id
    inner join billing on billing.entity_id = contracts.entity_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = contracts.entity_id
        and periods.period_ordinal = latest_periods.period_ordinal - 1
    left join terminated on terminated.contract_id = contracts.contract_id
    left join outlasting on outlasting.contract_id = contracts.contract_id
    where
        least(coalesce(contracts.effective_to, terminated.effective_at), coalesce(terminated.effective_at, contracts.effective_to)) <= periods.start_at
        and outlasting.contract_id is null
),

-- each line of a bill is rounded by itself
rounded as (
    select
        contract_id,
        count(*) as line_count,
        max(minor_unit_exponent) as minor_unit_exponent
    from {{ ref('fct_billing_lines') }}
    group by contract_id
),

-- what is still to be earned, or was until just now, is not at its end
earning as (
    select
        waterfall.contract_id,
        max(waterfall.service_ordinal) as service_ordinal
    from {{ ref('fct_revenue_waterfall') }} as waterfall
    inner join ended on ended.contract_id = waterfall.contract_id
    group by waterfall.contract_id
),

left_over as (
    select
        'NOT_SETTLED_AT_END' as exception_code,
        'warn' as severity,
        balances.entity_id,
        balances.contract_group_id as contract_id,
        balances.contract_group_id || ':' || balances.balance_kind as subject,
        cast(sum(balances.closing_amount) as decimal(38, 9)) as amount,
        balances.currency,
        case balances.balance_kind
            when 'contract_liability' then 'The contract ended two periods ago and was billed or paid more than it earned: use or a delivery is missing, or something is owed back.'
            else 'The contract ended two periods ago and earned more than was billed: an invoice is missing, or a negative line of one that no credit note explains.'
        end as message
    from {{ ref('fct_contract_balances') }} as balances
    inner join ended
        on ended.contract_id = balances.contract_id
        and ended.period_ordinal = balances.period_ordinal
    left join earning on earning.contract_id = balances.contract_id
    left join rounded on rounded.contract_id = balances.contract_id
    where
        balances.book = 'ifrs15'
        and balances.balance_kind in ('unbilled_receivable', 'contract_asset', 'contract_liability')
        and coalesce(earning.service_ordinal, 0) < ended.period_ordinal - 1
    group by balances.entity_id, balances.contract_group_id, balances.balance_kind, balances.currency
    having abs(sum(balances.closing_amount)) > coalesce(sum({{ from_minor_units('rounded.line_count', 'rounded.minor_unit_exponent') }}), 0)
),

-- Credit applied to invoices that neither cash nor a credit note left: it shows as owed without an invoice.
crediting as (
    select distinct contract_id
    from {{ ref('fct_cash_events') }}
    where
        kind = 'balance_applied'
        and reason_code is null
        and withdrawn_ordinal is null
),

not_found as (
    select
        'BALANCE_NOT_FOUND' as exception_code,
        'warn' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.contract_id as subject,
        cast(max(lines.debit_amount) as decimal(38, 9)) as amount,
        lines.currency,
        'More credit was applied to invoices than the cash and credit notes of the contract left: the rest shows as receivable without an invoice.' as message
    from {{ ref('fct_journal_lines') }} as lines
    inner join latest_periods
        on latest_periods.entity_id = lines.entity_id
        and latest_periods.period_ordinal = lines.period_ordinal
    inner join crediting on crediting.contract_id = lines.contract_id
    where
        lines.event_type = 'unbilled_reclass'
        and lines.posting_role = 'unbilled_receivable'
        and lines.obligation_id is null
        and not lines.is_reversal
    group by lines.entity_id, lines.contract_id, lines.currency
),

-- Written off and not owed: before anything was receivable of the document, or beyond what was left of it.
lost as (
    select
        source_id as document_id,
        sum(credit_amount - debit_amount) as amount
    from {{ ref('fct_journal_lines') }}
    where
        event_type = 'write_off'
        and posting_role = 'receivable'
        and book = 'ifrs15'
    group by source_id
),

written_off as (
    select
        'WRITE_OFF_NOT_OWED' as exception_code,
        'warn' as severity,
        cash.entity_id,
        cash.contract_id,
        cash.document_id as subject,
        cast(sum(cash.amount) - coalesce(max(lost.amount), 0) as decimal(38, 9)) as amount,
        cash.currency,
        'More was written off of the document than was receivable of it: it is no loss of credit.' as message
    from {{ ref('fct_cash_events') }} as cash
    left join lost on lost.document_id = cash.document_id
    where
        cash.kind = 'write_off'
        and cash.reason_code is null
        and cash.withdrawn_ordinal is null
        and cash.document_id is not null
    group by cash.entity_id, cash.contract_id, cash.document_id, cash.currency
    having sum(cash.amount) > coalesce(max(lost.amount), 0)
),

int_exceptions__balances as (
    select * from left_over
    union all
    select * from not_found
    union all
    select * from written_off
)

select * from int_exceptions__balances
