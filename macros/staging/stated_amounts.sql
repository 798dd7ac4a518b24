{#-
    What a landed row of a table is about, in money: table -> (amount, currency, whose currency it is
    where the row states none). Tables that are missing state no amount.
-#}
{% macro stated_amounts() %}
    {{ return({
        'contract_lines': ('fixed_amount', 'cast(null as varchar)', 'contract_id'),
        'contract_events': ('price_delta_amount', 'cast(null as varchar)', 'contract_id'),
        'credit_grants': ('consideration_amount', 'consideration_currency', none),
        'billing_documents': ('total_amount', 'currency', none),
        'billing_document_lines': ('net_amount', 'cast(null as varchar)', 'document_id'),
        'cash_events': ('amount', 'currency', none),
        'estimates': ("case when value_unit = 'amount' then value end", 'currency', none),
        'opening_balances': ('amount', 'currency', none),
        'gl_balances': ('debit_amount - credit_amount', 'currency', none),
        'manual_adjustments': ('amount', 'currency', none),
    }) }}
{% endmacro %}
