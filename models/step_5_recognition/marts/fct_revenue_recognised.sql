-- One row per book, obligation, period, component and cause: revenue as posted, in whole minor units.
--
-- Closed periods keep the postings they were stored with. Where today's logic finds another
-- figure for one, the difference posts in the first open period as LOGIC_CHANGE.
with

computed as (
    select
        books.book,
        postings.entity_id,
        obligations.customer_id,
        obligations.contract_id,
        postings.obligation_id,
        obligations.product_id,
        obligations.currency,
        postings.posting_ordinal as period_ordinal,
        postings.component,
        causes.cause_code,
        sum(case postings.posting_class when 2 then postings.amount else 0 end) as current_amount,
        sum(case postings.posting_class when 0 then postings.amount else 0 end) as catch_up_amount,
        sum(case postings.posting_class when 1 then postings.amount else 0 end) as modification_catch_up_amount
    from {{ ref('int_postings') }} as postings
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = postings.obligation_id
    inner join {{ ref('books') }} as books on books.book_scope = postings.book_scope
    inner join {{ ref('cause_codes') }} as causes on causes.cause_family = postings.cause_family
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
),

sealed_periods as (
    select * from {{ ref('dim_sealed_periods') }}
),

-- A stored row says itself what it is about: today's dimensions may no longer know it.
stored as (
    select
        posted.book,
        posted.entity_id,
        posted.customer_id,
        posted.contract_id,
        posted.obligation_id,
        posted.product_id,
        posted.currency,
        sealed_periods.period_ordinal,
        posted.component,
        posted.cause_code,
        posted.current_amount,
        posted.catch_up_amount,
        posted.modification_catch_up_amount
    from {{ source('state', 'posted_revenue') }} as posted
    inner join sealed_periods
        on sealed_periods.entity_id = posted.entity_id
        and sealed_periods.period_id = posted.period_id
),

open_to_change as (
    select
        entity_id,
        min(period_ordinal) as period_ordinal
    from {{ ref('dim_accounting_periods') }}
    where state = 'open'
    group by 1
),

unstored as (
    select computed.*
    from computed
    left join sealed_periods
        on sealed_periods.entity_id = computed.entity_id
        and sealed_periods.period_ordinal = computed.period_ordinal
    where sealed_periods.period_ordinal is null
),

differences as (
    select
        computed.* exclude (period_ordinal, cause_code, current_amount, catch_up_amount, modification_catch_up_amount),
        computed.current_amount + computed.catch_up_amount + computed.modification_catch_up_amount as amount
    from computed
    inner join sealed_periods
        on sealed_periods.entity_id = computed.entity_id
        and sealed_periods.period_ordinal = computed.period_ordinal
    union all
    select
        stored.* exclude (period_ordinal, cause_code, current_amount, catch_up_amount, modification_catch_up_amount),
        -(stored.current_amount + stored.catch_up_amount + stored.modification_catch_up_amount) as amount
    from stored
),

logic_changes as (
    select
        differences.book,
        differences.entity_id,
        differences.customer_id,
        differences.contract_id,
        differences.obligation_id,
        differences.product_id,
        differences.currency,
        open_to_change.period_ordinal,
        differences.component,
        'LOGIC_CHANGE' as cause_code,
        cast(0 as decimal(38, 4)) as current_amount,
        sum(differences.amount) as catch_up_amount,
        cast(0 as decimal(38, 4)) as modification_catch_up_amount
    from differences
    inner join open_to_change on open_to_change.entity_id = differences.entity_id
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    having sum(differences.amount) <> 0
),

posted as (
    select * from unstored
    union all
    select * from stored
    union all
    select * from logic_changes
),

fct_revenue_recognised as (
    select
        posted.book,
        posted.entity_id,
        posted.customer_id,
        posted.contract_id,
        posted.obligation_id,
        posted.product_id,
        periods.period_id,
        posted.period_ordinal,
        posted.currency,
        posted.component,
        posted.cause_code,
        cast(posted.current_amount as decimal(38, 4)) as current_amount,
        cast(posted.catch_up_amount as decimal(38, 4)) as catch_up_amount,
        cast(posted.modification_catch_up_amount as decimal(38, 4)) as modification_catch_up_amount,
        cast(posted.current_amount + posted.catch_up_amount + posted.modification_catch_up_amount as decimal(38, 4)) as amount,
        -- without a rate nothing is translated: the amount stands only in a currency that is its own
        case
            when posted.currency = coalesce(entities.functional_currency, posted.currency)
                then cast(posted.current_amount + posted.catch_up_amount + posted.modification_catch_up_amount as decimal(38, 4))
        end as functional_amount,
        case
            when posted.currency = coalesce(entities.reporting_currency, posted.currency)
                then cast(posted.current_amount + posted.catch_up_amount + posted.modification_catch_up_amount as decimal(38, 4))
        end as reporting_amount
    from posted
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = posted.entity_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = posted.entity_id
        and periods.period_ordinal = posted.period_ordinal
)

select * from fct_revenue_recognised
