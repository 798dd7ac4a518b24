{#- Contracts in which a change of terms moved price between obligations: what one of them earns is no more its own price. -#}
{% macro contracts_whose_price_moved() -%}
    select distinct contract_id
    from {{ ref('fct_modification_bridge') }}
    where contract_event_id in (
        select contract_event_id
        from {{ ref('fct_modification_bridge') }}
        group by book, contract_event_id
        having count(distinct obligation_id) > 1
    )
{%- endmacro %}
