{#-
    The value of a threshold by entity, as versions over closes: [from_ordinal, to_ordinal). What
    was elected for the entity goes before what was elected for all; without an election the
    default of the topic holds.
-#}
{% macro threshold_of(topic) -%}
    {%- set elections = elections_of([topic], ref('dim_entities'), 'entity_id', {'entity': 'entity_id'}) -%}
    select
        changes.entity_id,
        changes.from_ordinal,
        changes.to_ordinal,
        coalesce(elected.value, cast(topics.default_choice as decimal(38, 9))) as threshold,
        elected.election_id
    from (
        select
            entity_id,
            from_ordinal,
            coalesce(lead(from_ordinal) over (partition by entity_id order by from_ordinal), 999999) as to_ordinal
        from (
            select
                entity_id,
                0 as from_ordinal
            from {{ ref('dim_entities') }}
            union
            select
                entity_id,
                known_ordinal as from_ordinal
            from ({{ elections }}) as begun
            union
            select
                entity_id,
                replaced_ordinal as from_ordinal
            from ({{ elections }}) as ended
            where replaced_ordinal < 999999
        ) as cuts
    ) as changes
    inner join {{ ref('policy_topics') }} as topics on topics.topic = '{{ topic }}'
    left join ({{ elections }}) as elected
        on elected.entity_id = changes.entity_id
        and elected.known_ordinal <= changes.from_ordinal
        and elected.replaced_ordinal > changes.from_ordinal
        and elected.value is not null
    qualify row_number() over (
        partition by changes.entity_id, changes.from_ordinal order by {{ nearest_election('elected') }}
    ) = 1
{%- endmacro %}
