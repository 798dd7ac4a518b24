{#- The column of an input table that says how much money a row is about, where the row says the currency too. -#}
{% macro money_column(table) %}
    {% set columns = contract_table(table).columns.keys() | list %}
    {% for amount, currency in [('net_amount', 'currency'), ('amount', 'currency'), ('consideration_amount', 'consideration_currency')] %}
        {% if amount in columns and currency in columns %}
            {{ return({'amount': amount, 'currency': currency}) }}
        {% endif %}
    {% endfor %}
    {{ return({'amount': 'cast(null as decimal(38, 9))', 'currency': 'cast(null as varchar)'}) }}
{% endmacro %}
