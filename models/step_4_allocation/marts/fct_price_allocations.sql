-- One row per book, contract, performance obligation, close that changed it and component: its share of the transaction price.
with

{{ price_by_close(ref('int_price_allocations__changes'), ['contract_id', 'obligation_id', 'component']) }},

-- What the allocation used; of an obligation where nothing moves, whether all it states is a standalone price.
used as (
    select
        obligation_id,
        source,
        known_from_ordinal,
        known_to_ordinal,
        sum(standalone_amount) as standalone_amount
    from {{ ref('fct_allocation_shares') }}
    group by 1, 2, 3, 4
),

at_price as (
    select
        lines.obligation_id,
        bool_and(prices.is_at_ssp) as is_at_ssp
    from (
        select
            *,
            count(*) over (partition by obligation_id) as line_count
        from {{ ref('dim_obligation_lines') }}
        where pattern <> 'price_only'
    ) as lines
    inner join {{ ref('fct_line_selling_prices') }} as prices
        on prices.line_id = lines.line_id
        and prices.contract_event_id is not distinct from lines.added_by_event_id
        and prices.known_to_ordinal = 999999
    group by 1
    having count(*) = max(lines.line_count)
),

standing as (
    select
        cumulative.book_scope,
        cumulative.obligation_id,
        cumulative.component,
        cumulative.as_of_ordinal,
        sum(used.standalone_amount) as standalone_amount
    from cumulative
    inner join used
        on used.obligation_id = cumulative.obligation_id
        and used.source = case cumulative.component when 'usage' then 'usage' when 'credits' then 'credits' else 'fee' end
        and used.known_from_ordinal <= cumulative.as_of_ordinal
        and used.known_to_ordinal > cumulative.as_of_ordinal
    group by 1, 2, 3, 4
),

fct_price_allocations as (
    select
        books.book,
        cumulative.entity_id,
        cumulative.contract_id,
        cumulative.obligation_id,
        periods.period_id as as_of_period_id,
        periods.period_ordinal as as_of_ordinal,
        cumulative.component,
        obligations.currency,
        cast(coalesce(
            standing.standalone_amount,
            case when at_price.is_at_ssp and cumulative.component = 'fixed' then cumulative.amount end
        ) as decimal(38, 9)) as standalone_selling_price,
        cast(cumulative.amount as decimal(38, 18)) as amount
    from cumulative
    inner join {{ ref('books') }} as books on books.book_scope = cumulative.book_scope
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = cumulative.obligation_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = cumulative.entity_id
        and periods.period_ordinal = cumulative.as_of_ordinal
    left join standing
        on standing.book_scope = cumulative.book_scope
        and standing.obligation_id = cumulative.obligation_id
        and standing.component = cumulative.component
        and standing.as_of_ordinal = cumulative.as_of_ordinal
    left join at_price on at_price.obligation_id = cumulative.obligation_id
)

select * from fct_price_allocations
