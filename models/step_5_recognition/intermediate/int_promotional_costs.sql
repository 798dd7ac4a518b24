-- One row per free lot, promise that its use is of, cause, known period and service period: what serving that use cost.
--
-- At the cost that the close of each service period believed, else at the first one learned: a later estimate is of later use.
with

used as (
    select
        served.grant_id,
        served.grant_kind,
        served.line_id,
        served.service_ordinal,
        served.revision,
        {{ int_div('served.revision', '10') }} as known_ordinal,
        served.quantity,
        -- the contract that was served: a pool holds lots of others
        lines.obligation_id,
        lines.product_id,
        contracts.contract_id,
        contracts.customer_id,
        contracts.entity_id,
        contracts.currency,
        contracts.minor_unit_exponent
    from {{ ref('fct_promotional_use') }} as served
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = served.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    where served.quantity <> 0
),

services as (
    select distinct
        line_id,
        contract_id,
        customer_id,
        product_id,
        entity_id,
        currency,
        service_ordinal
    from used
),

{{ estimate_distributions(['unit_cost'], "value_unit = 'amount'") }},

in_scope as (
    {{ versions_in_scope('services', ['line_id', 'service_ordinal', 'entity_id', 'currency as costed_in'], {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id', 'global': none,
    }) }}
),

applicable as (
    select * from in_scope
    where coalesce(currency = costed_in, true)
),

{{ estimates_by_close('applicable') }},

-- What the close of the service period believed, else what was learned first.
unit_costs as (
    select
        line_id,
        service_ordinal,
        estimate_id,
        mean_outcome as unit_cost,
        greatest(known_from_ordinal, service_ordinal) as known_from_ordinal
    from dated
    where withdrawn_ordinal > greatest(known_from_ordinal, service_ordinal)
    qualify row_number() over (
        partition by line_id, service_ordinal
        order by greatest(known_from_ordinal, service_ordinal), {{ nearest_estimate('dated') }}
    ) = 1
),

int_promotional_costs as (
    select
        used.grant_id,
        used.grant_kind,
        used.contract_id,
        used.customer_id,
        used.entity_id,
        used.obligation_id,
        used.product_id,
        used.currency,
        used.minor_unit_exponent,
        used.service_ordinal,
        cast(greatest(used.known_ordinal, coalesce(unit_costs.known_from_ordinal, 0)) as integer) as known_ordinal,
        case
            when greatest(used.known_ordinal, coalesce(unit_costs.known_from_ordinal, 0)) <= used.service_ordinal then {{ family('normal') }}
            when unit_costs.known_from_ordinal > used.known_ordinal then {{ family('estimate') }}
            else cast(used.revision % 10 as integer)
        end as cause_family,
        min(unit_costs.estimate_id) as estimate_id,
        sum(used.quantity) as quantity,
        sum({{ share_by_weight('unit_costs.unit_cost', 'used.quantity', '1') }}) as amount
    from used
    left join unit_costs
        on unit_costs.line_id = used.line_id
        and unit_costs.service_ordinal = used.service_ordinal
    group by all
)

select * from int_promotional_costs
