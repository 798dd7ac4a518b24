-- One row per set of books and event: everything that posts, before presentation, with its amount in the major unit.
with

contracts as (
    select
        contract_id,
        currency,
        minor_unit_exponent
    from {{ ref('dim_contracts') }}
),

moved as (
    select * from {{ ref('int_events__billing') }}
    union all
    select * from {{ ref('int_events__cash') }}
    union all
    select * from {{ ref('int_events__rights') }}
),

documents_and_cash as (
    select
        moved.book_scope,
        moved.entity_id,
        moved.contract_id,
        moved.obligation_id,
        moved.source_id,
        moved.event_date,
        moved.posting_ordinal as period_ordinal,
        moved.event_type,
        moved.component,
        'NORMAL' as cause_code,
        contracts.currency,
        {{ from_minor_units('moved.amount_minor', 'contracts.minor_unit_exponent') }} as amount
    from moved
    inner join contracts on contracts.contract_id = moved.contract_id
),

revenue as (
    select
        postings.book_scope,
        postings.entity_id,
        postings.contract_id,
        postings.obligation_id,
        cast(null as varchar) as source_id,
        cast(null as date) as event_date,
        postings.period_ordinal,
        'revenue' as event_type,
        postings.component,
        postings.cause_code,
        contracts.currency,
        postings.amount
    from {{ ref('fct_revenue_postings') }} as postings
    inner join contracts on contracts.contract_id = postings.contract_id
),

-- Interest moves the position of its obligation: a liability that accretes, a receivable that is unwound.
interest as (
    select
        interest.book_scope,
        interest.entity_id,
        interest.contract_id,
        interest.obligation_id,
        cast(null as varchar) as source_id,
        cast(null as date) as event_date,
        interest.period_ordinal,
        interest.component as event_type,
        cast(null as varchar) as component,
        interest.cause_code,
        contracts.currency,
        sum(interest.posted_amount) as amount
    from {{ ref('fct_interest') }} as interest
    inner join contracts on contracts.contract_id = interest.contract_id
    where
        interest.posted_amount <> 0
        -- once, whatever the number of books that see it alike
        and interest.book = case interest.book_scope when 'both' then 'asc606' else interest.book_scope end
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
),

-- What promotional use cost stays outside the position of the contract: it moves from one cost to another.
promotional_cost as (
    select
        'both' as book_scope,
        costs.entity_id,
        costs.contract_id,
        costs.obligation_id,
        cast(null as varchar) as source_id,
        cast(null as date) as event_date,
        costs.period_ordinal,
        'promotional_cost' as event_type,
        cast(null as varchar) as component,
        costs.cause_code,
        costs.currency,
        sum(costs.reported_amount) as amount
    from {{ ref('fct_promotional_costs') }} as costs
    where costs.cost_treatment = 'at_cost'
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    having sum(costs.reported_amount) <> 0
),

-- Revenue out of a deposit is posted as any other; the deposit pays for it.
released as (
    select * replace ('deposit_release' as event_type, cast(null as varchar) as component)
    from revenue
    where component = 'deposit_release'
),

int_events__posted as (
    select * from documents_and_cash
    union all
    select * from revenue
    union all
    select * from interest
    union all
    select * from promotional_cost
    union all
    select * from released
)

select * from int_events__posted
