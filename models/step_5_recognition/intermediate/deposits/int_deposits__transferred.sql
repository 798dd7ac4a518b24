-- One row per book, stopped agreement, obligation and close: the price of what that close first knew to have passed to the customer.
with

contracts as (
    select * from {{ ref('int_deposits__contracts') }}
),

usage as (
    select
        contracts.book,
        rated.contract_id,
        rated.obligation_id,
        greatest(rated.service_ordinal, cast({{ int_div('rated.revision', '10') }} as integer)) as period_ordinal,
        rated.amount
    from {{ ref('fct_rated_usage') }} as rated
    inner join contracts on contracts.contract_id = rated.contract_id
),

draws as (
    select
        contracts.book,
        draws.contract_id,
        lines.obligation_id,
        greatest(draws.service_ordinal, cast({{ int_div('draws.revision', '10') }} as integer)) as period_ordinal,
        draws.amount
    from {{ ref('fct_credit_draws') }} as draws
    inner join contracts on contracts.contract_id = draws.contract_id
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = draws.grant_id
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = grants.line_id
    where draws.taken_by = 'draw'
),

-- Readiness passed by days until it was stopped.
fees as (
    select
        contracts.book,
        fees.contract_id,
        fees.obligation_id,
        greatest(fees.known_from_ordinal, least(contracts.terminated_ordinal, contracts.stopped_ordinal, contracts.ended_ordinal)) as period_ordinal,
        {{ share_of('fees.allocated_amount', days_between('fees.from_date', 'least(fees.to_date, contracts.served_to_date)'), days_between('fees.from_date', 'fees.to_date')) }} as amount
    from {{ ref('fct_allocated_fees') }} as fees
    inner join contracts
        on contracts.contract_id = fees.contract_id
        and fees.book_scope in ('both', contracts.book)
    where
        fees.pattern = 'ratable_by_day'
        and fees.is_latest_segment
        and fees.known_to_ordinal = 999999
        and fees.from_date < least(fees.to_date, contracts.served_to_date)
),

-- Goods that were handed over in parts are left out: less passed means less is released.
handed_over as (
    select
        line_id,
        min(known_ordinal) as known_ordinal
    from {{ ref('fct_deliveries') }}
    where
        kind = 'delivered'
        and measure is null
        and withdrawn_ordinal is null
    group by line_id
),

goods as (
    select
        contracts.book,
        fees.contract_id,
        fees.obligation_id,
        greatest(fees.known_from_ordinal, handed_over.known_ordinal) as period_ordinal,
        fees.allocated_amount as amount
    from {{ ref('fct_allocated_fees') }} as fees
    inner join contracts
        on contracts.contract_id = fees.contract_id
        and fees.book_scope in ('both', contracts.book)
    inner join handed_over on handed_over.line_id = fees.line_id
    where
        fees.pattern = 'point_in_time'
        and fees.is_latest_segment
        and fees.known_to_ordinal = 999999
),

passed as (
    select * from usage
    union all
    select * from draws
    union all
    select * from fees
    union all
    select * from goods
),

int_deposits__transferred as (
    select
        book,
        contract_id,
        obligation_id,
        cast(period_ordinal as integer) as period_ordinal,
        cast(sum(amount) as decimal(38, 18)) as amount
    from passed
    group by book, contract_id, obligation_id, period_ordinal
)

select * from int_deposits__transferred
