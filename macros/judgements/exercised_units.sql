{#-
    Of a line that exercises an option, how much of it, in millionths: renewals by their months, a right
    to buy again and again by its intervals, a right to a quantity by the quantity bought, else once.
-#}
{% macro exercised_units(line, option) -%}
    case
        when {{ option }}.measure = 'set_up' then {{ line }}.interval_count * 1000000
        when {{ option }}.measure = 'look_through'
            then greatest(1, {{ int_div('cast(' ~ months_between(line ~ '.from_date', line ~ '.to_date') ~ ' as ' ~ wide_integer() ~ ') * 1000000', option ~ '.renewal_months') }})
        when {{ option }}.amount_interval <> 'once' and {{ option }}.amount_interval = {{ line }}.amount_interval then {{ line }}.interval_count * 1000000
        when {{ option }}.quantity > 1 and {{ line }}.quantity is not null then {{ millionths(line ~ '.quantity') }}
        else 1000000
    end
{%- endmacro %}
