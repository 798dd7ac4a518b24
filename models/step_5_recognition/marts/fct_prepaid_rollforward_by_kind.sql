-- One row per book, entity, kind of grant, unit, currency and period: its credits from opening to closing, in units and in money.
--
-- Kinds stay apart: what was bought, what came with a plan, what was given back and what was free are never one balance.
with

moves as (
    select
        moves.book,
        grants.entity_id,
        grants.grant_kind,
        grants.unit_code,
        grants.currency,
        moves.period_ordinal,
        sum(moves.granted_units) as granted_units,
        sum(moves.drawn_units) as drawn_units,
        sum(moves.expired_units) as expired_units,
        sum(moves.refunded_units) as refunded_units,
        sum(moves.rolled_units) as rolled_units,
        sum(moves.granted_amount) as granted_amount,
        sum(moves.drawn_amount) as drawn_amount,
        sum(moves.breakage_amount) as breakage_amount,
        sum(moves.expired_amount) as expired_amount,
        sum(moves.refunded_amount) as refunded_amount,
        sum(moves.blended_amount) as blended_amount,
        sum(moves.rolled_amount) as rolled_amount
    from {{ ref('int_lot_movements') }} as moves
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = moves.grant_id
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = grants.line_id
    -- of a line that no pattern recognises nothing is posted, and an exception says so
    where lines.line_id is not null or grants.is_free
    group by moves.book, grants.entity_id, grants.grant_kind, grants.unit_code, grants.currency, moves.period_ordinal
),

grid as (
    select
        firsts.*,
        periods.period_id,
        periods.period_ordinal
    from (
        select
            book,
            entity_id,
            grant_kind,
            unit_code,
            currency,
            min(period_ordinal) as first_ordinal
        from moves
        group by book, entity_id, grant_kind, unit_code, currency
    ) as firsts
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = firsts.entity_id
        and periods.period_ordinal >= firsts.first_ordinal
        and periods.has_begun
),

rolled as (
    select
        grid.*,
        coalesce(moves.granted_units, 0) as granted_units,
        coalesce(moves.drawn_units, 0) as drawn_units,
        coalesce(moves.expired_units, 0) as expired_units,
        coalesce(moves.refunded_units, 0) as refunded_units,
        coalesce(moves.rolled_units, 0) as rolled_units,
        coalesce(moves.granted_amount, 0) as granted_amount,
        coalesce(moves.drawn_amount, 0) as drawn_amount,
        coalesce(moves.breakage_amount, 0) as breakage_amount,
        coalesce(moves.expired_amount, 0) as expired_amount,
        coalesce(moves.refunded_amount, 0) as refunded_amount,
        coalesce(moves.blended_amount, 0) as blended_amount,
        coalesce(moves.rolled_amount, 0) as rolled_amount,
        sum(coalesce(moves.granted_units + moves.rolled_units - moves.drawn_units - moves.expired_units - moves.refunded_units, 0)) over in_time as closing_units,
        sum(coalesce(moves.granted_amount + moves.rolled_amount - moves.drawn_amount - moves.breakage_amount - moves.expired_amount - moves.refunded_amount + moves.blended_amount, 0)) over in_time as closing_amount
    from grid
    left join moves
        on moves.book = grid.book
        and moves.entity_id = grid.entity_id
        and moves.grant_kind = grid.grant_kind
        and moves.unit_code = grid.unit_code
        and moves.currency = grid.currency
        and moves.period_ordinal = grid.period_ordinal
    window in_time as (
        partition by grid.book, grid.entity_id, grid.grant_kind, grid.unit_code, grid.currency order by grid.period_ordinal
    )
),

fct_prepaid_rollforward_by_kind as (
    select
        book,
        entity_id,
        grant_kind,
        period_id,
        period_ordinal,
        unit_code,
        {%- for measure, moves in [
            ('units', ['granted', 'drawn', 'expired', 'refunded', 'rolled']),
            ('amount', ['granted', 'drawn', 'breakage', 'expired', 'refunded', 'blended', 'rolled']),
        ] %}
            {%- if measure == 'amount' %}
                currency,
            {%- endif %}
            cast(coalesce(lag(closing_{{ measure }}) over in_time, 0) as decimal(38, 18)) as opening_{{ measure }},
            {%- for move in moves + ['closing'] %}
                cast({{ move }}_{{ measure }} as decimal(38, 18)) as {{ move }}_{{ measure }}{% if not loop.last or measure == 'units' %},{% endif %}
            {%- endfor %}
        {%- endfor %}
    from rolled
    window in_time as (partition by book, entity_id, grant_kind, unit_code, currency order by period_ordinal)
)

select * from fct_prepaid_rollforward_by_kind
