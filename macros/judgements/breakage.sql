{#-
    The share of a lot that an estimate of breakage says is never used, to nine decimals: stated as a rate, in
    units of the lot, or as an amount of its price. For comparisons; what is earned divides the units themselves.
-#}
{% macro breakage_share(estimate, lot) -%}
    cast(case {{ estimate }}.value_unit
        when 'rate' then {{ estimate }}.constrained_value
        when 'units' then least(1, {{ share_of_measure('1', millionths(estimate ~ '.constrained_value'), 'nullif(' ~ millionths(lot ~ '.units - ' ~ lot ~ '.refunded_units') ~ ', 0)') }})
        else least(1, {{ share_of_measure('1', millionths(estimate ~ '.constrained_value'), 'nullif(' ~ millionths(lot ~ '.net_consideration') ~ ', 0)') }})
    end as decimal(10, 9))
{%- endmacro %}

{#- Units of a lot that an estimate of breakage says are never used: exact for rates and units; of an amount, the units it buys. -#}
{% macro breakage_units(estimate, usable_units, net_consideration, value='constrained_value') -%}
    cast(case {{ estimate }}.value_unit
        when 'rate' then cast({{ usable_units }} as decimal(27, 9)) * cast({{ estimate }}.{{ value }} as decimal(10, 9))
        when 'units' then least({{ estimate }}.{{ value }}, {{ usable_units }})
        else least({{ usable_units }}, {{ share_of_measure(usable_units, millionths(estimate ~ '.' ~ value), 'nullif(' ~ millionths(net_consideration) ~ ', 0)') }})
    end as decimal(38, 18))
{%- endmacro %}
