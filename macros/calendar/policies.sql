{#- A threshold in force for every scope: the latest global election, else the policy's default. -#}
{% macro policy_threshold(topic) -%}
    coalesce(
        (
            select max_by(value, recorded_at)
            from {{ accepted(ref('stg_policy_elections')) }}
            where topic = '{{ topic }}' and scope_type = 'global' and known_until_at is null and value is not null
        ),
        (select cast(default_choice as decimal(38, 9)) from {{ ref('policy_topics') }} where topic = '{{ topic }}')
    )
{%- endmacro %}
