{#- Topics that may be decided for one book alone; all others are decided for both, and an election for one counts for nothing (ELECTION_NOT_APPLIED). -#}
{% macro topics_by_book() -%}
    ('contract_gate', 'collectability_threshold_asc606', 'collectability_threshold_ifrs15', 'immaterial_promises', 'immaterial_promise_share', 'noncash_date', 'outcome_policy')
{%- endmacro %}

{#-
    Elections on the topics given that apply to each row of a relation, with the closes at which
    they are in force: known_ordinal is the first close that knew the election and whose period had
    reached its effective date, replaced_ordinal the first one at which it holds no more.

    subjects: a relation with the column `key`, entity_id and those that `scopes` names.
    scopes: scope type -> column of subjects that holds its id, nearest first; global always applies.

    Of several in force the nearest counts, then the latest recorded: order by nearest_election().
-#}
{% macro elections_of(topics, subjects, key, scopes) -%}
    select
        subjects.{{ key }},
        elections.topic,
        elections.book,
        elections.choice,
        elections.value,
        elections.election_id,
        elections.recorded_at,
        case elections.scope_type
            {%- for scope_type in scopes %}
            when '{{ scope_type }}' then {{ loop.index }}
            {%- endfor %}
            else 99
        end as nearness,
        greatest(
            known.period_ordinal,
            case when elections.effective_from > elections.recorded_at then coalesce(begins.period_ordinal, 999999) end
        ) as known_ordinal,
        least(coalesce(replaced.period_ordinal, 999999), coalesce(ends.period_ordinal, 999999)) as replaced_ordinal
    from {{ subjects }} as subjects
    inner join {{ accepted(ref('stg_policy_elections')) }} as elections
        on elections.topic in ('{{ topics | join("', '") }}')
        and (elections.book = '*' or elections.topic in {{ topics_by_book() }})
        and (
            elections.scope_type = 'global'
            {%- for scope_type, column in scopes.items() %}
            or elections.scope_type = '{{ scope_type }}' and elections.scope_id = subjects.{{ column }}
            {%- endfor %}
        )
    {{ join_known_period('known', 'subjects.entity_id', 'elections.recorded_at') }}
    {{ join_known_period('replaced', 'subjects.entity_id', 'elections.known_until_at') }}
    {{ join_period_as_given('begins', 'subjects.entity_id', 'elections', 'effective_from') }}
    {{ join_period_as_given('ends', 'subjects.entity_id', 'elections', 'effective_to') }}
{%- endmacro %}

{#- The order in which elections in force count: the nearest, then the latest recorded. -#}
{% macro nearest_election(elections) -%}
    {{ elections }}.nearness asc nulls last, {{ elections }}.recorded_at desc, {{ elections }}.election_id asc
{%- endmacro %}

{#- What an election or an estimate may name: scope_type and scope_id of all that accepted rows name. -#}
{% macro named_scopes() -%}
    {%- for scope_type, scope_id, relation in [
        ('entity', 'entity_id', ref('dim_entities')),
        ('customer', 'customer_id', ref('dim_customers')),
        ('customer_class', 'customer_class', ref('dim_customers')),
        ('jurisdiction', 'jurisdiction', ref('dim_customers')),
        ('product', 'product_id', ref('dim_products')),
        ('contract', 'contract_id', accepted(ref('stg_contracts'))),
        ('line', 'line_id', accepted(ref('stg_contract_lines'))),
        ('contract_event', 'contract_event_id', accepted(ref('stg_contract_events'))),
        ('price_model', 'model', accepted(ref('stg_prices'))),
        ('grant', 'grant_id', accepted(ref('stg_credit_grants'))),
        ('grant_kind', 'grant_kind', ref('grant_kinds')),
    ] %}
        select
            '{{ scope_type }}' as scope_type,
            {{ scope_id }} as scope_id
        from {{ relation }} as {{ scope_type }}_rows
        {% if not loop.last %}union{% endif %}
    {%- endfor %}
{%- endmacro %}
