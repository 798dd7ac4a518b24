-- One row per set of books and cash event that settles no document: deposits, unapplied cash, recoveries, payments to customers and to authorities.
with

documents as (
    select distinct
        document_id,
        performed_from_date
    from {{ ref('fct_billing_lines') }}
),

-- A promise to pay the customer, by the closes that knew of it.
payables as (
    select
        contract_id,
        min(known_from_ordinal) as known_ordinal,
        bool_and(earned_as = 'distinct_purchase') as is_distinct_purchase
    from {{ ref('fct_price_parts') }}
    where component = 'payable_to_customer'
    group by 1
),

cash as (
    select
        cash.*,
        gates.book_scope,
        gates.gate_ordinal,
        payables.known_ordinal as promised_ordinal,
        coalesce(payables.is_distinct_purchase, false) as is_distinct_purchase,
        cash.kind in ('payment', 'refund', 'chargeback', 'chargeback_reversal') as is_payment,
        case when cash.kind in ('refund', 'chargeback', 'payment_to_customer') then -1 else 1 end
        * {{ to_minor_units('cash.amount', 'currencies.minor_unit_exponent') }} as amount_minor,
        greatest(cash.known_ordinal, happened.period_ordinal) as posting_ordinal,
        greatest(cash.known_ordinal, happened.period_ordinal, cash.withdrawn_ordinal) as withdrawal_ordinal
    from {{ ref('fct_cash_events') }} as cash
    left join documents on documents.document_id = cash.document_id
    -- what settles no document is weighed with the whole contract
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = cash.contract_id
        and gates.is_standing
        and coalesce(documents.performed_from_date, date '0001-01-01') >= gates.from_date
        and coalesce(documents.performed_from_date, date '0001-01-01') < gates.to_date
    inner join {{ ref('currencies') }} as currencies on currencies.currency = cash.currency
    left join payables on payables.contract_id = cash.contract_id
    {{ join_period_of_date('happened', 'cash.entity_id', 'cash.occurred_date') }}
    where
        cash.reason_code is null
        and happened.has_begun
),

events as (
    -- Before the contract qualifies, cash is a deposit, named document or not; from then on it is
    -- unapplied where it names none: what names one settles it (int_billing_steps).
    select
        *,
        case when posting_ordinal >= gate_ordinal then 'unapplied_cash' else 'deposit' end as event_type,
        posting_ordinal as event_ordinal,
        amount_minor as event_minor
    from cash
    where
        is_payment
        and (document_id is null or coalesce(posting_ordinal < gate_ordinal, true))

    union all

    -- on qualifying, what named a document settles it and the rest joins the position
    select
        *,
        'deposit_to_position' as event_type,
        gate_ordinal as event_ordinal,
        amount_minor as event_minor
    from cash
    where
        is_payment
        and document_id is null
        and posting_ordinal < gate_ordinal

    union all

    -- What was written off is paid after all; what was never claimed goes to the authority that it is owed to.
    select
        *,
        kind as event_type,
        posting_ordinal as event_ordinal,
        amount_minor as event_minor
    from cash
    where kind in ('recovery', 'escheatment')

    union all

    -- Without a promise, what is paid to a customer is its own unapplied cash; once there is one, it is paid under that.
    select
        *,
        'unapplied_cash' as event_type,
        posting_ordinal as event_ordinal,
        amount_minor as event_minor
    from cash
    where kind = 'payment_to_customer' and posting_ordinal < coalesce(promised_ordinal, 999999)

    union all

    select
        *,
        'unapplied_cash' as event_type,
        promised_ordinal as event_ordinal,
        -amount_minor as event_minor
    from cash
    where kind = 'payment_to_customer' and posting_ordinal < promised_ordinal and not is_distinct_purchase

    union all

    select
        *,
        'payment_to_customer' as event_type,
        greatest(posting_ordinal, promised_ordinal) as event_ordinal,
        -amount_minor as event_minor
    from cash
    where kind = 'payment_to_customer' and promised_ordinal is not null and not is_distinct_purchase
),

int_events__cash as (
    select
        events.book_scope,
        events.entity_id,
        events.contract_id,
        cast(null as varchar) as obligation_id,
        events.cash_event_id as source_id,
        events.occurred_date as event_date,
        case moves.sign when 1 then events.event_ordinal else greatest(events.event_ordinal, events.withdrawal_ordinal) end as posting_ordinal,
        events.event_type,
        case events.event_type when 'payment_to_customer' then 'payable_to_customer' end as component,
        cast(sum(moves.sign * events.event_minor) as decimal(38, 0)) as amount_minor
    from events
    -- a withdrawn event (a payment that bounced) is taken back where it was posted
    cross join (values (1), (-1)) as moves (sign)
    where moves.sign = 1 or events.withdrawn_ordinal is not null
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
)

select * from int_events__cash
where amount_minor <> 0
