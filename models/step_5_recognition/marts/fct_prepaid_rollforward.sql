{{ config(materialized='view') }} {#- a balance that stands is no news: it is stored where it moves, and told for each period here -#}
-- One row per book, lot and period in which it holds something or moves: opening + granted + rolled - drawn - expired - refunded = closing, in units and in money; in money also - breakage earned with what was drawn, and + what a change of terms blended with other lots.
--
-- Rolled is what came from other lots, less what went to them.
with

standing as (
    select
        moved.*,
        series_number as standing_in
    from {{ ref('fct_prepaid_movements') }} as moved
    cross join {{ number_series('period_ordinal', 'standing_ordinal') }}
),

fct_prepaid_rollforward as (
    select
        standing.book,
        standing.entity_id,
        standing.contract_id,
        standing.obligation_id,
        standing.grant_id,
        standing.grant_kind,
        periods.period_id,
        periods.period_ordinal,
        standing.unit_code,
        {%- for measure, kinds in [
            ('units', ['granted', 'drawn', 'expired', 'refunded', 'rolled']),
            ('amount', ['granted', 'drawn', 'breakage', 'expired', 'refunded', 'blended', 'rolled']),
        ] %}
            {%- if measure == 'amount' %}
                standing.currency,
            {%- endif %}
            case when standing.standing_in = standing.period_ordinal then standing.opening_{{ measure }} else standing.closing_{{ measure }} end as opening_{{ measure }},
            {%- for kind in kinds %}
                cast(case when standing.standing_in = standing.period_ordinal then standing.{{ kind }}_{{ measure }} else 0 end as decimal(38, 18)) as {{ kind }}_{{ measure }},
            {%- endfor %}
            standing.closing_{{ measure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from standing
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = standing.entity_id
        and periods.period_ordinal = standing.standing_in
)

select * from fct_prepaid_rollforward
