-- One row per book, contract, performance obligation, close that changed it and component: its share of the transaction price.
with

-- The terms now agreed; what was earned under those before is part of their price.
fees as (
    select * from {{ ref('fct_allocated_fees') }}
    where is_latest_segment
),

gates as (
    select * from {{ ref('fct_contract_gates') }}
    where gate_ordinal is not null
),

changes as (
    select
        contract_id,
        obligation_id,
        case when component in ('fee', 'agency') then 'fixed' else component end as component,
        book_scope,
        known_from_ordinal as as_of_ordinal,
        cast(allocated_amount as decimal(38, 18)) as amount
    from fees
    union all
    select
        contract_id,
        obligation_id,
        case when component in ('fee', 'agency') then 'fixed' else component end as component,
        book_scope,
        known_to_ordinal as as_of_ordinal,
        cast(-allocated_amount as decimal(38, 18)) as amount
    from fees
    where known_to_ordinal < 999999
    union all
    -- the price of a lot is stated for its units alone
    select
        lots.contract_id,
        lines.obligation_id,
        'credits' as component,
        'both' as book_scope,
        lots.known_from_ordinal as as_of_ordinal,
        lots.net_consideration as amount
    from {{ ref('fct_credit_lots') }} as lots
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    where lots.net_consideration <> 0
    union all
    select
        lots.contract_id,
        lines.obligation_id,
        'credits' as component,
        'both' as book_scope,
        lots.known_to_ordinal as as_of_ordinal,
        -lots.net_consideration as amount
    from {{ ref('fct_credit_lots') }} as lots
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    where lots.net_consideration <> 0 and lots.known_to_ordinal < 999999
    union all
    -- the fee of each increment relates to that increment alone: allocated to it entirely (D10 VC_SPECIFIC)
    select
        contract_id,
        obligation_id,
        'usage' as component,
        'both' as book_scope,
        {{ int_div('revision', '10') }} as as_of_ordinal,
        amount
    from {{ ref('fct_rated_usage') }}
),

priced as (
    select
        gates.book_scope,
        gates.entity_id,
        changes.contract_id,
        changes.obligation_id,
        changes.component,
        gates.until_ordinal,
        greatest(changes.as_of_ordinal, gates.gate_ordinal) as as_of_ordinal,
        changes.amount
    from changes
    inner join gates
        on gates.contract_id = changes.contract_id
        and changes.book_scope in ('both', gates.book_scope)
        and gates.until_ordinal > greatest(changes.as_of_ordinal, gates.gate_ordinal)
),

-- A contract that was found to be none has no price from that close on.
lasting as (
    select * from priced
    union all
    select * replace (until_ordinal as as_of_ordinal, -amount as amount)
    from priced
    where until_ordinal < 999999
),

by_close as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        as_of_ordinal,
        sum(amount) as amount_change
    from lasting
    group by 1, 2, 3, 4, 5, 6
),

cumulative as (
    select
        *,
        sum(amount_change) over (
            partition by book_scope, obligation_id, component order by as_of_ordinal
        ) as amount
    from by_close
    where amount_change <> 0
),

selling_prices as (
    select
        product_id,
        currency,
        max_by(rate_amount, recorded_at) as standalone_selling_price
    from {{ accepted(ref('stg_standalone_selling_prices')) }}
    where known_until_at is null and coalesce(scope_type, 'global') = 'global'
    group by 1, 2
),

fct_price_allocations as (
    select
        books.book,
        cumulative.entity_id,
        cumulative.contract_id,
        cumulative.obligation_id,
        periods.period_id as as_of_period_id,
        cumulative.component,
        obligations.currency,
        selling_prices.standalone_selling_price,
        cast(cumulative.amount as decimal(38, 18)) as amount
    from cumulative
    inner join {{ ref('books') }} as books on books.book_scope = cumulative.book_scope
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = cumulative.obligation_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = cumulative.entity_id
        and periods.period_ordinal = cumulative.as_of_ordinal
    left join selling_prices
        on selling_prices.product_id = obligations.product_id
        and selling_prices.currency = obligations.currency
)

select * from fct_price_allocations
