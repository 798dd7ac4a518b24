-- One row per set of books, obligation and period: what is billed for a contract with material rights, moved to the rights it pays for too.
--
-- What is billed joins the position of the line it is billed on. What of it is deferred for a right is a
-- liability of its own (2220): it moves as the price is billed, in the proportion in which the right
-- shares in the price. The moves of a contract sum to zero.
with

billed as (
    select
        *,
        cast(sum(billed_minor) over (partition by book_scope, contract_id, period_ordinal) as {{ wide_integer() }}) as contract_minor,
        cast(sum(billed_minor) over (
            partition by book_scope, contract_id, period_ordinal order by obligation_id
            rows between unbounded preceding and current row
        ) as {{ wide_integer() }}) as minor_so_far
    from {{ ref('int_rights__billed') }}
),

contracts as (
    select distinct
        book_scope,
        entity_id,
        contract_id,
        period_ordinal,
        contract_minor
    from billed
),

priced as (
    select
        contracts.*,
        prices.obligation_id,
        prices.minor_unit_exponent,
        {{ to_minor_units('prices.contract_price', 'prices.minor_unit_exponent') }} as price_minor,
        prices.deferred_amount
    from contracts
    inner join {{ ref('int_rights__prices') }} as prices
        on prices.contract_id = contracts.contract_id
        and prices.is_right
        and prices.known_from_ordinal <= contracts.period_ordinal
        and prices.known_to_ordinal > contracts.period_ordinal
        and prices.contract_price > 0
),

shared as (
    select
        *,
        {{ share_of_measure('deferred_amount', 'greatest(0, least(contract_minor, price_minor))', 'price_minor') }} as received_amount
    from priced
),

received as (
    select
        *,
        {{ to_minor_units(round_to_minor_unit('received_amount', 'minor_unit_exponent'), 'minor_unit_exponent') }} as received_minor
    from shared
),

given as (
    select
        billed.book_scope,
        billed.entity_id,
        billed.contract_id,
        billed.obligation_id,
        billed.period_ordinal,
        cast(sum(received.received_minor) as {{ wide_integer() }}) as received_minor,
        max(billed.contract_minor) as contract_minor,
        max(billed.minor_so_far) as minor_so_far,
        max(billed.billed_minor) as billed_minor
    from billed
    inner join received
        on received.book_scope = billed.book_scope
        and received.contract_id = billed.contract_id
        and received.period_ordinal = billed.period_ordinal
    group by billed.book_scope, billed.entity_id, billed.contract_id, billed.obligation_id, billed.period_ordinal
),

to_date as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        period_ordinal,
        received_minor as minor_to_date
    from received

    union all

    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        period_ordinal,
        case
            when contract_minor = 0 then 0
            else
                {{ int_div('received_minor * (minor_so_far - cast(billed_minor as ' ~ wide_integer() ~ '))', 'contract_minor') }}
                - {{ int_div('received_minor * minor_so_far', 'contract_minor') }}
        end as minor_to_date
    from given
),

moved as (
    select
        *,
        minor_to_date - coalesce(lag(minor_to_date) over (
            partition by book_scope, contract_id, obligation_id order by period_ordinal
        ), 0) as amount_minor
    from to_date
),

int_events__rights as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        cast(null as varchar) as source_id,
        cast(null as date) as event_date,
        period_ordinal as posting_ordinal,
        'right_deferral' as event_type,
        cast(null as varchar) as component,
        cast(amount_minor as decimal(38, 0)) as amount_minor
    from moved
    where amount_minor <> 0
)

select * from int_events__rights
