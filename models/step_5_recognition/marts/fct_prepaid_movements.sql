-- One row per book, lot and period in which it moves: opening + granted + rolled - drawn - expired - refunded = closing, in units and in money; in money also - breakage earned with what was drawn, and + what a change of terms blended with other lots.
--
-- Rolled is what came from other lots, less what went to them.
{%- set moves = [
    ('units', ['granted', 'drawn', 'expired', 'refunded', 'rolled']),
    ('amount', ['granted', 'drawn', 'breakage', 'expired', 'refunded', 'blended', 'rolled']),
] %}
with

moved as (
    select
        *,
        granted_units + rolled_units - drawn_units - expired_units - refunded_units as change_units,
        granted_amount + rolled_amount + blended_amount - drawn_amount - breakage_amount - expired_amount - refunded_amount as change_amount
    from {{ ref('int_lot_movements') }}
),

lots as (
    select
        grants.*,
        lines.obligation_id
    from {{ ref('fct_credit_grants') }} as grants
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = grants.line_id
    -- of a line that no pattern recognises nothing is posted, and an exception says so
    where lines.line_id is not null or grants.is_free
),

balances as (
    select
        *,
        lead(period_ordinal, 1, 999999) over in_order as next_ordinal,
        sum(change_units) over in_order as closing_units,
        sum(change_amount) over in_order as closing_amount
    from moved
    window in_order as (partition by book, grant_id order by period_ordinal)
),

begun as (
    select
        entity_id,
        max(period_ordinal) as period_ordinal
    from {{ ref('dim_accounting_periods') }}
    where has_begun
    group by entity_id
),

fct_prepaid_movements as (
    select
        balances.book,
        lots.entity_id,
        lots.contract_id,
        lots.obligation_id,
        balances.grant_id,
        lots.grant_kind,
        periods.period_id,
        balances.period_ordinal,
        -- a balance stands until the next move, if there is one: what is used up would stand at nothing for ever
        cast(case
            when balances.closing_units = 0 and balances.closing_amount = 0 then balances.period_ordinal
            else least(balances.next_ordinal - 1, begun.period_ordinal)
        end as integer) as standing_ordinal,
        lots.unit_code,
        {%- for measure, kinds in moves %}
            {%- if measure == 'amount' %}
                lots.currency,
            {%- endif %}
            cast(balances.closing_{{ measure }} - balances.change_{{ measure }} as decimal(38, 18)) as opening_{{ measure }},
            {%- for kind in kinds %}
                cast(balances.{{ kind }}_{{ measure }} as decimal(38, 18)) as {{ kind }}_{{ measure }},
            {%- endfor %}
            cast(balances.closing_{{ measure }} as decimal(38, 18)) as closing_{{ measure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from balances
    inner join lots on lots.grant_id = balances.grant_id
    inner join begun
        on begun.entity_id = lots.entity_id
        and begun.period_ordinal >= balances.period_ordinal
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = lots.entity_id
        and periods.period_ordinal = balances.period_ordinal
)

select * from fct_prepaid_movements
