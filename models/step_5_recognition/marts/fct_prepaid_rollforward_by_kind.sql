-- One row per book, entity, kind of grant, unit, currency and period: its credits from opening to closing, in units and in money.
--
-- Kinds stay apart: what was bought, what came with a plan, what was given back and what was free are never one balance.
{%- set measures = ['opening_units', 'granted_units', 'drawn_units', 'expired_units', 'refunded_units', 'rolled_units', 'closing_units',
    'opening_amount', 'granted_amount', 'drawn_amount', 'breakage_amount', 'expired_amount', 'refunded_amount', 'blended_amount', 'rolled_amount', 'closing_amount'] %}
with

fct_prepaid_rollforward_by_kind as (
    select
        book,
        entity_id,
        grant_kind,
        period_id,
        period_ordinal,
        unit_code,
        currency,
        {%- for measure in measures %}
            cast(sum({{ measure }}) as decimal(38, 18)) as {{ measure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('fct_prepaid_rollforward') }}
    group by book, entity_id, grant_kind, period_id, period_ordinal, unit_code, currency
)

select * from fct_prepaid_rollforward_by_kind
