{#- True where an event of a line whose events carry what they cost does: an amount in the currency of its price. -#}
{% macro carries_its_amount(event, route) -%}
    coalesce({{ event }}.rated_amount >= 0 and {{ event }}.rated_amount < 100000000000 and coalesce({{ event }}.rated_currency, {{ route }}.carried_currency) = {{ route }}.carried_currency, false)
{%- endmacro %}

{#- Why an event is not billed: as it says, or because it should carry its amount and does not. -#}
{% macro non_billable_reason(event, route) -%}
    case
        when {{ route }}.carried_currency is not null and not {{ carries_its_amount(event, route) }} then coalesce({{ event }}.non_billable_reason, 'not_rated')
        else {{ event }}.non_billable_reason
    end
{%- endmacro %}
