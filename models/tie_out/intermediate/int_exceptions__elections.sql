-- One row per election that changes nothing, or less than it says.
with

-- Elections of something else than what runs anyway.
elections as (
    select
        elections.election_id,
        elections.topic,
        elections.scope_type,
        elections.scope_id,
        elections.recorded_at,
        topics.is_applied,
        topics.scopes
    from {{ accepted(ref('stg_policy_elections')) }} as elections
    inner join {{ ref('policy_topics') }} as topics on topics.topic = elections.topic
    where
        elections.known_until_at is null
        and elections.choice is distinct from topics.default_choice
),

-- An election on a topic whose rule is not built yet changes nothing, and says so.
unapplied as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        election_id as subject,
        'The election on ' || topic || ' changes nothing in this version.' as message
    from elections
    where not is_applied
),

elsewhere as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        election_id as subject,
        'The election on ' || topic || ' changes nothing: it is not decided by ' || scope_type || ', but by ' || replace(scopes, '|', ', ') || '.' as message
    from elections
    where is_applied and position('|' || scope_type || '|' in '|' || scopes || '|') = 0
),

-- What an election may name.
named as (
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
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

without_subject as (
    select
        'ELECTION_WITHOUT_SUBJECT' as exception_code,
        'warn' as severity,
        elections.election_id as subject,
        'The election on ' || elections.topic || ' is for the ' || replace(elections.scope_type, '_', ' ') || ' ' || elections.scope_id || ', which no accepted row names: it changes nothing.' as message
    from elections
    left join (select distinct * from named) as named
        on named.scope_type = elections.scope_type
        and named.scope_id = elections.scope_id
    where
        elections.scope_type <> 'global'
        and named.scope_id is null
        and elections.is_applied
),

-- What decides how periods are cut or lines are grouped cannot be changed for closed periods; an
-- election of what ran anyway changes nothing and is not late.
late as (
    select
        'ELECTION_TOO_LATE' as exception_code,
        'warn' as severity,
        election_id as subject,
        'The election on ' || topic || ' was recorded after a close: what was closed goes on as it was, and so does what began before.' as message
    from elections
    where
        topic in ('time_zone', 'functional_currency', 'reporting_currency', 'po_grouping', 'acceptance', 'promise_nature', 'over_time_measure', 'licence_nature', 'principal_agent', 'termination_penalty', 'royalty_exception', 'ramp', 'tiered_pricing', 'minimum_substance', 'overage_method', 'shortfall')
        and recorded_at > (
            select min(knowledge_cutoff_at)
            from {{ accepted(ref('stg_accounting_periods')) }}
            where state = 'closed'
        )
),

int_exceptions__elections as (
    select * from unapplied
    union all
    select * from elsewhere
    union all
    select * from without_subject
    union all
    select * from late
)

select * from int_exceptions__elections
