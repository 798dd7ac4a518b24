-- One row per minimum commitment: what the customer promises to spend on, and how, as its first close knew it (D2, D3).
--
-- A minimum for readiness is a fee of its days, and use up to it costs nothing more; else it is paid for units, up to the minimum. One
-- that the customer is sure to exceed says nothing of the pattern: what is used is what is earned (D2). Where overage costs something else
-- than the units of the minimum, both are one price, earned by the share of all use that is done (section 3.5, method B).
{%- set topics = ['promise_nature', 'grant_treatment', 'minimum_substance', 'shortfall', 'overage_method'] %}
with

lines as (
    select
        lines.line_id,
        lines.contract_id,
        places.entity_id,
        places.customer_id,
        lines.product_id,
        products.product_kind,
        lines.true_up_on is not null as is_trued_up,
        -- of minimums by interval each has a use of its own
        coalesce(lines.amount_interval, 'once') = 'once' as is_one_interval,
        first_known.period_ordinal as known_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    left join {{ ref('dim_products') }} as products on products.product_id = lines.product_id
    {{ join_known_period('first_known', 'places.entity_id', 'lines.recorded_at') }}
    where lines.line_kind = 'minimum_commitment'
    {{ as_first_known('lines.line_id', 'lines') }}
),

elected as (
    {{ elections_of(topics, 'lines', 'line_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id',
    }) }}
),

-- A later election would rewrite closed periods.
nearest as (
    select elected.*
    from elected
    inner join lines on lines.line_id = elected.line_id
    where
        elected.choice <> 'computed'
        and elected.known_ordinal <= lines.known_ordinal
        and elected.replaced_ordinal > lines.known_ordinal
    qualify row_number() over (partition by elected.line_id, elected.topic order by {{ nearest_election('elected') }}) = 1
),

choices as (
    select
        line_id,
        {%- for topic in topics %}
            max(case topic when '{{ topic }}' then choice end) as {{ topic }},
            max(case topic when '{{ topic }}' then election_id end) as {{ topic }}_election_id{% if not loop.last %},{% endif %}
        {%- endfor %}
    from nearest
    group by line_id
),

judged as (
    select
        lines.*,
        coalesce(choices.minimum_substance <> 'not_substantive', true) as is_substantive,
        case
            when choices.promise_nature is not null then choices.promise_nature = 'stand_ready'
            when choices.grant_treatment is not null then choices.grant_treatment = 'ratable'
            -- a guaranteed minimum of royalties is the fee of the licence (55-65..65B, IFRS 15.B63)
            else coalesce(lines.product_kind in ('access', 'support', 'licence'), false)
        end as promises_readiness,
        coalesce(choices.shortfall = 'at_interval_end', false) as waits_for_end,
        case
            when choices.minimum_substance = 'not_substantive' then choices.minimum_substance_election_id
            else coalesce(choices.promise_nature_election_id, choices.grant_treatment_election_id, choices.minimum_substance_election_id)
        end as election_id,
        choices.overage_method_election_id,
        case
            when choices.overage_method = 'tp_progress' and not lines.is_one_interval then 'D10.OVERAGE_NOT_MEASURABLE'
            when choices.overage_method is not null then 'D10.OVERAGE_ELECTED'
            when coalesce(overage.is_priced_as_minimum, true) then 'D10.OVERAGE_AT_PRICE_OF_THE_MINIMUM'
            when not lines.is_one_interval or not overage.is_forecast then 'D10.OVERAGE_NOT_MEASURABLE'
            else 'D10.OVERAGE_AT_ANOTHER_PRICE'
        end as overage_rule,
        choices.overage_method
    from lines
    left join choices on choices.line_id = lines.line_id
    left join {{ ref('int_commitments__overage') }} as overage on overage.line_id = lines.line_id
),

fct_commitments as (
    select
        line_id,
        contract_id,
        entity_id,
        is_trued_up,
        is_substantive,
        is_substantive and promises_readiness as is_stand_ready,
        is_substantive and not promises_readiness and is_one_interval
        and case overage_rule when 'D10.OVERAGE_ELECTED' then overage_method = 'tp_progress' else overage_rule = 'D10.OVERAGE_AT_ANOTHER_PRICE' end as is_by_progress,
        waits_for_end or not is_substantive as is_short_at_end,
        election_id,
        overage_rule,
        overage_method_election_id as overage_election_id,
        known_ordinal
    from judged
)

select * from fct_commitments
