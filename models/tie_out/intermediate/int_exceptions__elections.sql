-- One row per election that changes nothing, or less than it says.
{%- set fixed_topics = "('time_zone', 'functional_currency', 'reporting_currency', 'po_grouping', 'acceptance', 'promise_nature', 'over_time_measure', 'licence_nature', 'principal_agent', 'termination_penalty', 'royalty_exception', 'ramp', 'tiered_pricing', 'ratable_convention', 'minimum_substance', 'overage_method', 'shortfall')" %}
with

-- Elections of something else than what runs anyway.
elections as (
    select
        elections.election_id,
        elections.topic,
        elections.book,
        elections.scope_type,
        elections.scope_id,
        elections.recorded_at,
        elections.transition,
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

for_one_book as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        election_id as subject,
        'The election on ' || topic || ' for ' || book || ' alone changes nothing: that is judged alike in both books. Elect it for both (*).' as message
    from elections
    where is_applied and position('|' || scope_type || '|' in '|' || scopes || '|') > 0 and book <> '*' and topic not in {{ topics_by_book() }}
),

-- Some topics are of one book: the other has no choice there.
of_the_other_book as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        election_id as subject,
        'The election on ' || topic || ' for ' || book || ' changes nothing: it is a choice of the other book alone.' as message
    from elections
    where
        topic in ('immaterial_promises', 'immaterial_promise_share', 'collectability_threshold_asc606') and book = 'ifrs15'
        or topic in ('noncash_date', 'collectability_threshold_ifrs15') and book = 'asc606'
),

without_subject as (
    select
        'ELECTION_WITHOUT_SUBJECT' as exception_code,
        'warn' as severity,
        elections.election_id as subject,
        'The election on ' || elections.topic || ' is for the ' || replace(elections.scope_type, '_', ' ') || ' ' || elections.scope_id || ', which no accepted row names: it changes nothing.' as message
    from elections
    left join ({{ named_scopes() }}) as named
        on named.scope_type = elections.scope_type
        and named.scope_id = elections.scope_id
    where
        elections.scope_type <> 'global'
        and named.scope_id is null
        and elections.is_applied
),

-- When the first line was known that an election is for, by entity; what cuts periods is for all that the entity does.
reached as (
    {%- for scope_type, scope_id in [
        ('line', 'lines.line_id'), ('contract', 'lines.contract_id'), ('customer', 'contracts.customer_id'), ('product', 'lines.product_id'),
        ('customer_class', 'customers.customer_class'), ('jurisdiction', 'customers.jurisdiction'), ('contract_event', 'lines.modified_by_event_id'),
        ('entity', 'contracts.entity_id'), ('global', "'*'"),
    ] %}
        select
            '{{ scope_type }}' as scope_type,
            {{ scope_id }} as scope_id,
            contracts.entity_id,
            min(lines.recorded_at) as recorded_at
        from {{ accepted(ref('stg_contract_lines')) }} as lines
        inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
        left join {{ ref('dim_customers') }} as customers on customers.customer_id = contracts.customer_id
        where '{{ scope_type }}' in (select scope_type from elections)
        group by 1, 2, 3
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

-- Elections that were recorded after a close that knew what they are for.
after_closes as (
    select distinct elections.*
    from elections
    inner join reached
        on reached.scope_type = elections.scope_type
        and reached.scope_id = case elections.scope_type when 'global' then '*' else elections.scope_id end
    inner join {{ accepted(ref('stg_accounting_periods')) }} as closes
        on closes.entity_id in ('*', reached.entity_id)
        and closes.state = 'closed'
        and closes.knowledge_cutoff_at < elections.recorded_at
        and (
            closes.knowledge_cutoff_at >= reached.recorded_at
            or elections.topic in ('time_zone', 'functional_currency', 'reporting_currency')
        )
),

-- What decides how periods are cut or lines are grouped cannot be changed for closed periods; an
-- election of what ran anyway changes nothing and is not late, nor is one for lines that no close has known before it.
late as (
    select
        'ELECTION_TOO_LATE' as exception_code,
        'warn' as severity,
        election_id as subject,
        'The election on ' || topic || ' was recorded after a close: what was closed goes on as it was, and so does what began before.' as message
    from after_closes
    where topic in {{ fixed_topics }}
),

-- A change that counts for what it is for counts from the start of it: what it does to earlier periods posts in the open one.
otherwise_changed as (
    select
        'TRANSITION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        election_id as subject,
        'The election on ' || topic || ' is to be applied ' || case transition when 'prospective' then 'prospectively' else 'retrospectively' end
        || ': in this version it counts from the start of what it is for, and what it changes of earlier periods posts as catch-up in the open one.' as message
    from after_closes
    where transition in ('prospective', 'retrospective') and is_applied and topic not in {{ fixed_topics }}
),

int_exceptions__elections as (
    select * from unapplied
    union all
    select * from elsewhere
    union all
    select * from without_subject
    union all
    select * from for_one_book
    union all
    select * from of_the_other_book
    union all
    select * from late
    union all
    select * from otherwise_changed
)

select * from int_exceptions__elections
