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
        'fixed' as component,
        known_from_ordinal as as_of_ordinal,
        cast(allocated_amount as decimal(38, 18)) as amount
    from fees
    union all
    select
        contract_id,
        obligation_id,
        'fixed' as component,
        known_to_ordinal as as_of_ordinal,
        cast(-allocated_amount as decimal(38, 18)) as amount
    from fees
    where known_to_ordinal < 999999
    union all
    -- renewals that are expected are the price of what they will renew
    select
        contract_id,
        obligation_id,
        'expected_renewals' as component,
        known_from_ordinal as as_of_ordinal,
        expected_renewals_amount as amount
    from {{ ref('fct_option_progress') }}
    where expected_renewals_amount <> 0
    union all
    select
        contract_id,
        obligation_id,
        'expected_renewals' as component,
        known_to_ordinal as as_of_ordinal,
        -expected_renewals_amount as amount
    from {{ ref('fct_option_progress') }}
    where expected_renewals_amount <> 0 and known_to_ordinal < 999999
    union all
    -- the price of a lot is stated for its units alone
    select
        lots.contract_id,
        lines.obligation_id,
        'credits' as component,
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
        lots.known_to_ordinal as as_of_ordinal,
        -lots.net_consideration as amount
    from {{ ref('fct_credit_lots') }} as lots
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    where lots.net_consideration <> 0 and lots.known_to_ordinal < 999999
    union all
    -- what remains of lots is one price once lots were added at another
    select
        blends.contract_id,
        lines.obligation_id,
        'credits' as component,
        blends.posting_ordinal as as_of_ordinal,
        blends.amount
    from {{ ref('fct_credit_blends') }} as blends
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = blends.line_id
    union all
    -- the fee of each increment relates to that increment alone: allocated to it entirely (D10 VC_SPECIFIC)
    select
        contract_id,
        obligation_id,
        'usage' as component,
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
        and used.source = case cumulative.component when 'usage' then 'usage' else 'fee' end
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
