-- One row per book, contract, close that changed it and component: the transaction price.
--
-- Usage whose invoice corresponds with its value is the price of what was used and nothing more:
-- no forecast of it enters (D6 NONE_ACTUALS), so estimate, constrained amount and amount are the same.
with

promised as (
    select contract_id from {{ ref('dim_obligation_lines') }}
    where pattern <> 'price_only' and pattern not in {{ patterns_without_fees() }}
),

fees as (
    select
        contract_id,
        case component when 'concession' then 'concession' else 'fixed' end as component,
        known_from_ordinal as as_of_ordinal,
        known_to_ordinal,
        amount
    from {{ ref('fct_fee_intervals') }}
    where
        -- the terms now agreed; what was earned under those before is part of their price
        is_latest_segment
        -- a price for nothing that is recognised yet waits with it
        and (pattern <> 'price_only' or contract_id in (select contract_id from promised))
),

-- A lot is agreed when it is bought; what is paid back of it is no longer part of the price.
credits as (
    select
        lots.contract_id,
        'credits' as component,
        lots.known_from_ordinal as as_of_ordinal,
        lots.known_to_ordinal,
        lots.net_consideration as amount
    from {{ ref('fct_credit_lots') }} as lots
    -- of lines that are recognised, as the rest of the price
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    where lots.net_consideration <> 0
),

-- Looked through, the renewals expected are part of the price as long as they are not made (55-45, B43).
expected_renewals as (
    select
        contract_id,
        'expected_renewals' as component,
        known_from_ordinal as as_of_ordinal,
        known_to_ordinal,
        expected_renewals_amount as amount
    from {{ ref('fct_option_progress') }}
    where expected_renewals_amount <> 0
),

-- Units paid back leave at the price that notes before had given them.
noted as (
    select
        refunds.contract_id,
        'credits' as component,
        refunds.known_from_ordinal as as_of_ordinal,
        refunds.known_to_ordinal,
        -refunds.noted_amount as amount
    from {{ ref('fct_credit_refunds') }} as refunds
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = refunds.line_id
    where refunds.noted_amount <> 0
),

united as (
    select * from fees
    union all
    select * from expected_renewals
    union all
    select * from credits
    union all
    select * from noted
),

agreed as (
    select
        contract_id,
        component,
        'both' as book_scope,
        as_of_ordinal,
        known_to_ordinal,
        cast(amount as decimal(38, 18)) as amount,
        cast(amount as decimal(38, 18)) as estimated_amount
    from united
    union all
    select
        contract_id,
        component,
        book_scope,
        known_from_ordinal as as_of_ordinal,
        known_to_ordinal,
        amount,
        amount as estimated_amount
    from {{ ref('fct_price_parts') }}
    where component <> 'variable'
    union all
    -- what was estimated, and of that what the constraint lets in
    select
        contract_id,
        'variable' as component,
        'both' as book_scope,
        known_from_ordinal as as_of_ordinal,
        known_to_ordinal,
        cast(amount as decimal(38, 18)) as amount,
        cast(amount + expected_amount - constrained_amount as decimal(38, 18)) as estimated_amount
    from {{ ref('fct_variable_consideration') }}
    where spread_over <> 'nothing'
),

changes as (
    select
        agreed.contract_id,
        agreed.component,
        agreed.book_scope,
        case moves.sign when 1 then agreed.as_of_ordinal else agreed.known_to_ordinal end as as_of_ordinal,
        case moves.sign when 1 then agreed.amount else -agreed.amount end as amount,
        case moves.sign when 1 then agreed.estimated_amount else -agreed.estimated_amount end as estimated_amount
    from agreed
    cross join (values (1), (-1)) as moves (sign)
    where moves.sign = 1 or agreed.known_to_ordinal < 999999
    union all
    select
        contract_id,
        component,
        book_scope,
        as_of_ordinal,
        amount,
        amount as estimated_amount
    from {{ ref('fct_counted_charges') }}
    union all
    -- what was kept of units paid back; lots that blend give and take the same
    select
        contract_id,
        'credits' as component,
        'both' as book_scope,
        posting_ordinal as as_of_ordinal,
        sum(amount) as amount,
        sum(amount) as estimated_amount
    from {{ ref('fct_credit_blends') }}
    group by contract_id, posting_ordinal
    having sum(amount) <> 0
),

{{ price_by_close('changes', ['contract_id', 'component'], ['amount', 'estimated_amount']) }},

fct_transaction_prices as (
    select
        books.book,
        cumulative.entity_id,
        cumulative.contract_id,
        periods.period_id as as_of_period_id,
        periods.period_ordinal as as_of_ordinal,
        cumulative.component,
        cumulative.component in ('usage', 'outcomes', 'overage', 'concession', 'rebate', 'refund', 'variable') as is_variable,
        contracts.currency,
        cast(cumulative.estimated_amount as decimal(38, 18)) as estimated_amount,
        cast(cumulative.amount as decimal(38, 18)) as constrained_amount,
        cast(cumulative.amount as decimal(38, 18)) as amount
    from cumulative
    inner join {{ ref('books') }} as books on books.book_scope = cumulative.book_scope
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = cumulative.contract_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = cumulative.entity_id
        and periods.period_ordinal = cumulative.as_of_ordinal
)

select * from fct_transaction_prices
