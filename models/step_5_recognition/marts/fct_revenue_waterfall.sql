-- One row per book, obligation, component, rule, cause, known period and service period: the two-date ledger.
with

fct_revenue_waterfall as (
    select
        books.book,
        waterfall.entity_id,
        waterfall.contract_id,
        waterfall.obligation_id,
        waterfall.component,
        waterfall.rule_code,
        causes.cause_code,
        known.period_id as known_period_id,
        service.period_id as service_period_id,
        case when known.period_ordinal > service.period_ordinal then known.period_id else service.period_id end as posting_period_id,
        waterfall.known_ordinal,
        waterfall.service_ordinal,
        greatest(waterfall.known_ordinal, waterfall.service_ordinal) as posting_ordinal,
        waterfall.is_after_as_of,
        obligations.currency,
        waterfall.amount
    from {{ ref('int_waterfall__within_mandates') }} as waterfall
    inner join {{ ref('books') }} as books on books.book_scope = waterfall.book_scope
    inner join {{ ref('cause_codes') }} as causes on causes.cause_family = waterfall.cause_family
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = waterfall.obligation_id
    inner join {{ ref('dim_accounting_periods') }} as known
        on known.entity_id = waterfall.entity_id
        and known.period_ordinal = waterfall.known_ordinal
    inner join {{ ref('dim_accounting_periods') }} as service
        on service.entity_id = waterfall.entity_id
        and service.period_ordinal = waterfall.service_ordinal
)

select * from fct_revenue_waterfall
