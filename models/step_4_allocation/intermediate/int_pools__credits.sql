-- One row per line of prepaid credits that shares in the price of a pool, and window of belief: what was paid for its lots and what they are worth at standalone selling prices.
--
-- The price of the book is for the quantity that the line states. A minimum without a quantity is an amount of money, and is
-- worth itself; so is what the book has no price for.
with

lots as (
    select
        pool_id,
        contract_id,
        window_from_ordinal,
        window_to_ordinal,
        obligation_id,
        line_id,
        cast(sum(net_consideration) as decimal(38, 9)) as stated_amount
    from {{ ref('int_pools__lots') }}
    group by all
),

lines as (
    select
        lines.line_id,
        lines.minor_unit_exponent,
        lines.line_kind = 'credit_pack' or stated.quantity > 0 as is_counted
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ accepted(ref('stg_contract_lines')) }} as stated
        on stated.line_id = lines.line_id
        and stated.modified_by_event_id is null
    {{ join_known_period('first_known', 'lines.entity_id', 'stated.recorded_at') }}
    where lines.line_id in (select line_id from lots)
    {{ as_first_known('lines.line_id', 'stated') }}
),

priced as (
    select
        lots.*,
        lines.minor_unit_exponent,
        prices.is_at_ssp,
        prices.method,
        -- of what the line buys, what its lots are
        case
            when prices.standalone_amount > 0 and prices.stated_amount > 0
                then {{ share_by_weight('prices.standalone_amount', 'lots.stated_amount', 'prices.stated_amount') }}
        end as book_amount
    from lots
    inner join lines on lines.line_id = lots.line_id
    left join {{ ref('fct_line_selling_prices') }} as prices
        on prices.line_id = lots.line_id
        and lines.is_counted
        and prices.contract_event_id is null
        and prices.known_from_ordinal <= lots.window_from_ordinal
        and prices.known_to_ordinal > lots.window_from_ordinal
),

int_pools__credits as (
    select
        pool_id,
        contract_id,
        window_from_ordinal,
        window_to_ordinal,
        obligation_id,
        line_id,
        cast(stated_amount as decimal(38, 18)) as stated_amount,
        cast(case
            when coalesce(is_at_ssp, true) or book_amount is null then stated_amount
            else {{ round_to_minor_unit('book_amount', 'minor_unit_exponent') }}
        end as decimal(38, 18)) as standalone_amount,
        coalesce(method = 'observable', false) as is_observable,
        coalesce(method, 'stated') as methods
    from priced
)

select * from int_pools__credits
