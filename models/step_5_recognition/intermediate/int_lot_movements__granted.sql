-- One row per book, lot, version of it or of its price, and close that believed or replaced it: what was granted, paid back and blended with other lots, in units and in money.
with

gates as (
    select
        books.book,
        gates.contract_id,
        gates.gate_ordinal,
        gates.until_ordinal
    from {{ ref('fct_contract_gates') }} as gates
    inner join {{ ref('books') }} as books on books.book_scope = gates.book_scope
    where gates.gate_ordinal is not null
),

-- Credits of a plan that is not recognised have no draws yet: they would seem to lapse unused.
lots as (
    select * from {{ ref('fct_credit_lots') }}
    where treatment <> 'RATABLE' or line_id not in (select line_id from {{ ref('fct_unsupported_lines') }})
),

-- A version adds what it says and is taken back when the next one replaces it.
versions as (
    select
        'both' as book_scope,
        grant_id,
        contract_id,
        known_from_ordinal as period_ordinal,
        case when root_grant_id is null then units else 0 end as units,
        cast(consideration as decimal(38, 18)) as amount,
        refunded_units,
        consideration - net_consideration as refunded_amount,
        cast(0 as decimal(38, 18)) as blended_amount
    from lots
    union all
    select
        'both' as book_scope,
        grant_id,
        contract_id,
        known_to_ordinal as period_ordinal,
        case when root_grant_id is null then -units else 0 end as units,
        cast(-consideration as decimal(38, 18)) as amount,
        -refunded_units as refunded_units,
        net_consideration - consideration as refunded_amount,
        cast(0 as decimal(38, 18)) as blended_amount
    from lots
    where known_to_ordinal < 999999
    union all
    -- what the allocation adds: all that credits have which share the price of their plan
    select
        prices.book_scope,
        prices.grant_id,
        grants.contract_id,
        {{ int_div('prices.revision', '10') }} as period_ordinal,
        cast(0 as decimal(38, 9)) as units,
        prices.amount,
        cast(0 as decimal(38, 9)) as refunded_units,
        cast(0 as decimal(38, 18)) as refunded_amount,
        cast(0 as decimal(38, 18)) as blended_amount
    from {{ ref('int_lot_prices') }} as prices
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = prices.grant_id
    union all
    select
        'both' as book_scope,
        grant_id,
        contract_id,
        posting_ordinal as period_ordinal,
        cast(0 as decimal(38, 9)) as units,
        cast(0 as decimal(38, 18)) as amount,
        cast(0 as decimal(38, 9)) as refunded_units,
        cast(0 as decimal(38, 18)) as refunded_amount,
        amount as blended_amount
    from {{ ref('fct_credit_blends') }}
),

gated as (
    select
        gates.book,
        versions.* exclude (book_scope) replace (greatest(versions.period_ordinal, gates.gate_ordinal) as period_ordinal),
        gates.until_ordinal
    from versions
    inner join gates
        on gates.contract_id = versions.contract_id
        and versions.book_scope in ('both', gates.book)
        and gates.until_ordinal > greatest(versions.period_ordinal, gates.gate_ordinal)
),

int_lot_movements__granted as (
    select * from gated
    union all
    select
        * replace (
            until_ordinal as period_ordinal,
            -units as units,
            -amount as amount,
            -refunded_units as refunded_units,
            -refunded_amount as refunded_amount,
            -blended_amount as blended_amount
        )
    from gated
    where until_ordinal < 999999
)

select * from int_lot_movements__granted
