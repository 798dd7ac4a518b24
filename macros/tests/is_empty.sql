{#- A model that returns violators returns none. -#}
{% test is_empty(model) %}
select * from {{ model }}
{% endtest %}
