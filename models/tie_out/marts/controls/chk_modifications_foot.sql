-- One row per book and contract event where, at a close, what the ledger earned before the change, what it caught up and what remains are not the price after it (I28).
--
-- What was earned before is read from the ledger, as that close knew it, where the change begins
-- with a period, else from the bridge. Price moves within a pool, so the sum over obligations counts.
with

bridges as (
    select
        bridges.*,
        begun.period_ordinal
    from {{ ref('fct_modification_beliefs') }} as bridges
    left join {{ ref('dim_accounting_periods') }} as begun
        on begun.entity_id = bridges.entity_id
        and begun.start_date = bridges.segment_from_date
        -- what a termination leaves is earned on the day before it
        and not bridges.ends_contract
        -- a part that is separate earns beside the obligation it belongs to
        and bridges.obligation_id not in (
            select obligation_id from {{ ref('fct_term_segments') }}
            where strand_id <> obligation_id
        )
        -- so does a discount with days of its own, whose pool is its line
        and bridges.obligation_id not in (
            select obligation_id from {{ ref('fct_allocated_fees') }}
            where pool_id in (select line_id from {{ ref('dim_obligation_lines') }} where pattern = 'price_only')
        )
        -- what is performed while it is no contract is measured and not earned
        and bridges.contract_id not in (select contract_id from {{ ref('fct_contract_losses') }})
),

ledger as (
    select
        bridges.book,
        bridges.contract_event_id,
        bridges.obligation_id,
        bridges.known_from_ordinal,
        sum(coalesce(waterfall.amount, 0)) as earned_before
    from bridges
    left join {{ ref('fct_revenue_waterfall') }} as waterfall
        on waterfall.book = bridges.book
        and waterfall.obligation_id = bridges.obligation_id
        and waterfall.service_ordinal < bridges.period_ordinal
        and waterfall.known_ordinal < bridges.known_to_ordinal
        and waterfall.component <> 'concession'
    where bridges.period_ordinal is not null
    group by bridges.book, bridges.contract_event_id, bridges.obligation_id, bridges.known_from_ordinal
),

footed as (
    select
        bridges.book,
        min(bridges.entity_id) as entity_id,
        bridges.contract_event_id,
        bridges.known_from_ordinal,
        sum(bridges.price_after_amount) as expected_amount,
        sum(coalesce(ledger.earned_before, bridges.recognised_before_amount) + bridges.catch_up_amount + bridges.remaining_after_amount) as actual_amount
    from bridges
    left join ledger
        on ledger.book = bridges.book
        and ledger.contract_event_id = bridges.contract_event_id
        and ledger.obligation_id = bridges.obligation_id
        and ledger.known_from_ordinal = bridges.known_from_ordinal
    group by bridges.book, bridges.contract_event_id, bridges.known_from_ordinal
),

chk_modifications_foot as (
    select
        'chk_modifications_foot' as control_code,
        book,
        entity_id,
        cast(null as varchar) as period_id,
        contract_event_id as subject,
        cast(expected_amount as decimal(38, 18)) as expected_amount,
        cast(actual_amount as decimal(38, 18)) as actual_amount
    from footed
    -- a quotient is cut at its 18th decimal, once a segment and interval
    where abs(expected_amount - actual_amount) > 0.000000001
    -- wrong at several closes, it is shown as at the last
    qualify row_number() over (partition by book, contract_event_id order by known_from_ordinal desc) = 1
)

select * from chk_modifications_foot
