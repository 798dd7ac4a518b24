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

-- Units that came from another lot take with them what they cost in that one.
moved_back as (
    select
        moved.grant_id,
        moved.contract_id,
        greatest(moved.known_from_ordinal, roots.known_from_ordinal) as known_from_ordinal,
        least(moved.known_to_ordinal, roots.known_to_ordinal) as known_to_ordinal,
        roots.units,
        roots.consideration,
        roots.unit_value_whole,
        roots.unit_value_rest,
        cast({{ share_by_weight('moved.refunded_units', 'moved.root_units_per_unit', '1') }} as decimal(38, 18)) as root_units
    from lots as moved
    inner join {{ ref('fct_credit_lots') }} as roots
        on roots.grant_id = moved.root_grant_id
        and roots.known_from_ordinal < moved.known_to_ordinal
        and roots.known_to_ordinal > moved.known_from_ordinal
    where moved.refunded_units > 0
),

paid_back as (
    select
        grant_id,
        contract_id,
        known_from_ordinal,
        known_to_ordinal,
        cast({{ value_of_units('root_units', 'moved_back') }} as decimal(38, 18)) as amount
    from moved_back
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
    select
        'both' as book_scope,
        paid_back.grant_id,
        paid_back.contract_id,
        case moves.kind when 1 then paid_back.known_from_ordinal else paid_back.known_to_ordinal end as period_ordinal,
        cast(0 as decimal(38, 9)) as units,
        cast(0 as decimal(38, 18)) as amount,
        cast(0 as decimal(38, 9)) as refunded_units,
        case moves.kind when 1 then paid_back.amount else -paid_back.amount end as refunded_amount,
        cast(0 as decimal(38, 18)) as blended_amount
    from paid_back
    cross join (values (1), (2)) as moves (kind)
    where moves.kind = 1 or paid_back.known_to_ordinal < 999999
    union all
    -- units paid back leave at the price that notes before had given them
    select
        'both' as book_scope,
        refunds.grant_id,
        refunds.contract_id,
        case moves.kind when 1 then refunds.known_from_ordinal else refunds.known_to_ordinal end as period_ordinal,
        cast(0 as decimal(38, 9)) as units,
        cast(0 as decimal(38, 18)) as amount,
        cast(0 as decimal(38, 9)) as refunded_units,
        case moves.kind when 1 then refunds.noted_amount else -refunds.noted_amount end as refunded_amount,
        cast(0 as decimal(38, 18)) as blended_amount
    from {{ ref('fct_credit_refunds') }} as refunds
    cross join (values (1), (2)) as moves (kind)
    where
        refunds.noted_amount <> 0
        and (moves.kind = 1 or refunds.known_to_ordinal < 999999)
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
