{#- Closes between which nothing of a pool's first agreement changed, for each contract in it: later intervals of fees are priced apart. -#}
{% macro windows_as_first_agreed() -%}
    select
        windows.pool_id,
        agreements.contract_id,
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        windows.arrived_family,
        windows.replaced_family
    from {{ ref('int_pools__windows') }} as windows
    inner join {{ ref('int_pools__agreements') }} as agreements
        on agreements.agreement_id = windows.agreement_id
        and agreements.from_ordinal <= windows.window_from_ordinal
        and agreements.to_ordinal > windows.window_from_ordinal
    where windows.tranche_ordinal = 0
{%- endmacro %}
