-- One row per cash event that was ever accepted, with its contract where one can be told.
with

places as (
    select * from {{ ref('int_contracts__places') }}
),

documents as (
    select
        document_id,
        contract_id,
        currency
    from {{ ref('int_billing_documents__issued') }}
    where contract_count = 1
),

single_contracts as (
    select
        customer_id,
        min(contract_id) as contract_id
    from places
    group by customer_id
    having count(*) = 1
),

placed as (
    select
        cash.*,
        documents.document_id as known_document_id,
        documents.currency as document_currency,
        coalesce(documents.contract_id, cash.contract_id, single_contracts.contract_id) as placed_contract_id
    from {{ accepted(ref('stg_cash_events')) }} as cash
    left join documents on documents.document_id = cash.document_id
    left join single_contracts on single_contracts.customer_id = cash.customer_id
),

fct_cash_events as (
    select
        placed.source_system || ':' || placed.cash_event_id || ':' || coalesce(placed.document_id, '*') as cash_row_id,
        placed.cash_event_id,
        placed.known_document_id as document_id,
        placed.kind,
        placed.reason,
        placed.customer_id,
        placed.placed_contract_id as contract_id,
        places.entity_id,
        -- cash in another currency counts by what it settled
        coalesce(placed.settled_currency, placed.currency) as currency,
        coalesce(placed.settled_amount, placed.amount) as amount,
        case
            when placed.placed_contract_id is null then 'NO_CONTRACT'
            when coalesce(placed.settled_currency, placed.currency) <> places.currency then 'BAD_CURRENCY'
            when placed.document_currency <> places.currency then 'BAD_CURRENCY'
            when placed.document_id is not null and placed.document_id <> '*' and placed.known_document_id is null then 'ORPHAN'
        end as reason_code,
        cast({{ local_from_utc(instant('occurred_at', 'places.time_zone', 'placed'), 'places.time_zone') }} as date) as occurred_date,
        known.period_ordinal as known_ordinal,
        withdrawn.period_ordinal as withdrawn_ordinal,
        placed.input_row,
        placed.recorded_at
    from placed
    left join places on places.contract_id = placed.placed_contract_id
    {{ join_known_period('known', 'places.entity_id', 'placed.recorded_at') }}
    {{ join_known_period('withdrawn', 'places.entity_id', 'placed.known_until_at') }}
)

select * from fct_cash_events
