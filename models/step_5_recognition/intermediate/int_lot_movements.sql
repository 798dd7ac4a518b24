-- One row per book, lot and posting period: what was granted, drawn, lapsed and paid back, in units and in money.
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

-- Credits of a plan that is not recognised as readiness have no draws yet: they would seem to lapse unused.
lots as (
    select * from {{ ref('fct_credit_lots') }}
    where treatment <> 'RATABLE' or line_id not in (select line_id from {{ ref('fct_unsupported_lines') }})
),

-- A version adds what it says and is taken back when the next one replaces it.
versions as (
    select
        grant_id,
        contract_id,
        known_from_ordinal as period_ordinal,
        case when root_grant_id is null then units else 0 end as units,
        cast(consideration as decimal(38, 18)) as amount,
        refunded_units,
        consideration - net_consideration as refunded_amount
    from lots
    union all
    select
        grant_id,
        contract_id,
        known_to_ordinal as period_ordinal,
        case when root_grant_id is null then -units else 0 end as units,
        cast(-consideration as decimal(38, 18)) as amount,
        -refunded_units as refunded_units,
        net_consideration - consideration as refunded_amount
    from lots
    where known_to_ordinal < 999999
),

gated as (
    select
        gates.book,
        versions.* replace (greatest(versions.period_ordinal, gates.gate_ordinal) as period_ordinal),
        gates.until_ordinal
    from versions
    inner join gates
        on gates.contract_id = versions.contract_id
        and gates.until_ordinal > greatest(versions.period_ordinal, gates.gate_ordinal)
),

granted as (
    select * from gated
    union all
    select
        * replace (
            until_ordinal as period_ordinal,
            -units as units,
            -amount as amount,
            -refunded_units as refunded_units,
            -refunded_amount as refunded_amount
        )
    from gated
    where until_ordinal < 999999
),

moves as (
    select
        book,
        grant_id,
        period_ordinal,
        units as granted_units,
        amount as granted_amount,
        refunded_units,
        refunded_amount
    from granted

    union all by name

    select
        book,
        grant_id,
        posting_ordinal as period_ordinal,
        case when taken_by = 'draw' then units end as drawn_units,
        case when taken_by = 'draw' then amount end as drawn_amount,
        case when taken_by = 'breakage' then amount end as breakage_amount,
        case when taken_by in ('expiry', 'void') then units end as expired_units,
        case when taken_by in ('expiry', 'void') then amount end as expired_amount,
        -- what goes to another lot is taken, what comes from one is taken below zero
        case when taken_by in ('rollover', 'transfer') then -units end as rolled_units,
        case when taken_by in ('rollover', 'transfer') then -amount end as rolled_amount
    from {{ ref('fct_credit_drawdowns') }}
    where grant_id in (select grant_id from lots)

    union all by name

    select
        gates.book,
        blends.grant_id,
        greatest(blends.posting_ordinal, gates.gate_ordinal) as period_ordinal,
        blends.amount as blended_amount
    from {{ ref('fct_credit_blends') }} as blends
    inner join gates
        on gates.contract_id = blends.contract_id
        and gates.until_ordinal > greatest(blends.posting_ordinal, gates.gate_ordinal)
),

int_lot_movements as (
    select
        book,
        grant_id,
        period_ordinal,
        {%- for move in ['granted_units', 'granted_amount', 'drawn_units', 'drawn_amount', 'breakage_amount', 'expired_units', 'expired_amount', 'refunded_units', 'refunded_amount', 'blended_amount', 'rolled_units', 'rolled_amount'] %}
            coalesce(sum({{ move }}), 0) as {{ move }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from moves
    group by book, grant_id, period_ordinal
)

select * from int_lot_movements
