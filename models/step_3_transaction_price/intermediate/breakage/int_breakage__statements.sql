-- One row per lot and version of an estimate of its breakage that people recorded: its value, its constrained value and the closes that could know it (D6, D11).
--
-- Constrained as all that is variable: the lower revenue (D6).
{%- set scopes = [
    ('grant', 'grant_id'), ('line', 'line_id'), ('contract', 'contract_id'), ('customer', 'customer_id'), ('product', 'product_id'),
    ('grant_kind', 'grant_kind'), ('customer_class', 'customer_class'), ('jurisdiction', 'jurisdiction'), ('entity', 'entity_id'),
] %}
with

lots as (
    select * from {{ ref('int_breakage__lots') }}
),

{{ estimate_distributions(['breakage']) }},


applicable as (
    {%- for scope_type, column in scopes %}
        select
            lots.grant_id,
            lots.entity_id,
            versions.*,
            {{ loop.index }} as distance
        from lots
        inner join versions
            on versions.scope_type = '{{ scope_type }}'
            and versions.scope_id = lots.{{ column }}
        union all
    {%- endfor %}
    select
        lots.grant_id,
        lots.entity_id,
        versions.*,
        {{ scopes | length + 1 }} as distance
    from lots
    inner join versions on versions.scope_type = 'global'
),

{{ estimates_by_close('applicable') }},

valued as (
    select
        dated.*,
        dated.grant_id as subject_id,
        lots.contract_id,
        cast(terms.expires_at as date) as resolves_on,
        -- what its contract sells beside the lot only makes a reversal less significant
        terms.net_consideration as contract_amount,
        case dated.value_unit
            when 'rate' then terms.net_consideration
            else cast(terms.net_consideration as double) / nullif(cast(terms.units - terms.refunded_units as double), 0)
        end as amount_per_value,
        cast(null as varchar) as method_choice,
        cast(null as varchar) as constraint_choice
    from dated
    inner join lots on lots.grant_id = dated.grant_id
    left join {{ ref('fct_credit_lots') }} as terms
        on terms.grant_id = dated.grant_id
        and terms.known_from_ordinal <= dated.known_from_ordinal
        and terms.known_to_ordinal > dated.known_from_ordinal
),

{{ constrained_estimates('valued') }},

int_breakage__statements as (
    select
        grant_id,
        entity_id,
        estimate_id,
        recorded_at,
        previous_recorded_at,
        distance,
        value_unit,
        expected_outcome as expected_value,
        -- what is judged apart holds; never more than what is expected
        greatest(constrained_outcome, 0) as constrained_value,
        made_ordinal,
        known_from_ordinal,
        withdrawn_ordinal
    from constrained
)

select * from int_breakage__statements
