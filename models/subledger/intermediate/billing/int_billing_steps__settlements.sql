-- One row per cash event and document line it settles, and one of the opposite sign where it was withdrawn.
with

cash as (
    select
        cash.*,
        currencies.minor_unit_exponent,
        case kind
            when 'write_off' then 'write_off'
            when 'balance_applied' then 'balance'
            else 'cash'
        end as funding,
        case when kind in ('refund', 'chargeback') then -1 else 1 end
        * {{ to_minor_units('amount', 'currencies.minor_unit_exponent') }} as amount_minor
    from {{ ref('fct_cash_events') }} as cash
    inner join {{ ref('currencies') }} as currencies on currencies.currency = cash.currency
    where
        cash.reason_code is null
        and cash.document_id is not null
        and cash.kind in ('payment', 'refund', 'chargeback', 'chargeback_reversal', 'write_off', 'balance_applied')
),

documents as (
    select
        document_line_id,
        document_id,
        net_minor + tax_minor as gross_minor,
        sum(net_minor + tax_minor) over (partition by document_id) as document_minor,
        sum(net_minor + tax_minor) over (
            partition by document_id order by document_line_id rows between unbounded preceding and current row
        ) as up_to_minor
    from {{ ref('fct_billing_lines') }}
),

-- Shares of the document's lines: differences of the truncated cumulative add up to the cash.
shared as (
    select
        cash.cash_row_id,
        documents.document_line_id,
        cash.funding,
        cash.entity_id,
        cash.occurred_date as step_date,
        cash.known_ordinal,
        cash.withdrawn_ordinal,
        cast(case
            when documents.document_minor = 0 then 0
            else
                {{ int_div('cash.amount_minor * cast(documents.up_to_minor as ' ~ wide_integer() ~ ')', 'cast(documents.document_minor as ' ~ wide_integer() ~ ')') }}
                - {{ int_div('cash.amount_minor * cast(documents.up_to_minor - documents.gross_minor as ' ~ wide_integer() ~ ')', 'cast(documents.document_minor as ' ~ wide_integer() ~ ')') }}
        end as decimal(38, 0)) as settled_minor
    from cash
    inner join documents on documents.document_id = cash.document_id
),

int_billing_steps__settlements as (
    select
        shared.cash_row_id,
        shared.document_line_id,
        shared.funding,
        shared.step_date,
        greatest(shared.known_ordinal, happened.period_ordinal) as posting_ordinal,
        shared.settled_minor
    from shared
    {{ join_period_of_date('happened', 'shared.entity_id', 'shared.step_date') }}
    where happened.has_begun

    union all

    select
        cash_row_id,
        document_line_id,
        funding,
        step_date,
        greatest(known_ordinal, withdrawn_ordinal) as posting_ordinal,
        -settled_minor as settled_minor
    from shared
    where withdrawn_ordinal is not null
)

select * from int_billing_steps__settlements
where settled_minor <> 0
