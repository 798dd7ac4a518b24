-- One row per contract line for which a policy on promises was elected: the nearest election of each topic that its first close knew.
--
-- What a line promises is decided when it is first known: an election of a later close would
-- rewrite closed periods and is not applied (an exception says so).
{%- set topics = ['po_grouping', 'promise_nature', 'over_time_measure', 'acceptance', 'licence_nature', 'royalty_exception', 'principal_agent', 'ramp', 'tiered_pricing', 'ratable_convention'] %}
{%- set scopes = [
    ('line', 'lines.line_id'), ('contract_event', 'lines.contract_event_id'), ('contract', 'lines.contract_id'),
    ('customer', 'lines.customer_id'), ('product', 'lines.product_id'), ('customer_class', 'lines.customer_class'),
    ('jurisdiction', 'lines.jurisdiction'), ('entity', 'lines.entity_id'), ('global', "'*'"),
] %}
with

elections as (
    select * from {{ accepted(ref('stg_policy_elections')) }}
    where topic in ('{{ topics | join("', '") }}') and book = '*'
),

lines as (
    select
        terms.*,
        customers.customer_class,
        customers.jurisdiction
    from {{ ref('int_lines__first_terms') }} as terms
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = terms.customer_id
),

scoped as (
    {%- for scope_type, scope_id in scopes %}
        select
            lines.line_id,
            lines.entity_id,
            lines.known_ordinal,
            greatest(lines.service_start_at, lines.known_period_end_at) as decided_by_at,
            '{{ scope_type }}' as scope_type,
            {{ scope_id }} as scope_id,
            {{ loop.index }} as distance
        from lines
        where '{{ scope_type }}' in (select scope_type from elections)
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

nearest as (
    select
        scoped.line_id,
        elections.topic,
        elections.choice,
        elections.election_id,
        elections.scope_type
    from scoped
    inner join elections
        on elections.scope_type = scoped.scope_type
        and case elections.scope_type when 'global' then '*' else elections.scope_id end = scoped.scope_id
    {{ join_known_period('known', 'scoped.entity_id', 'elections.recorded_at') }}
    {{ join_known_period('replaced', 'scoped.entity_id', 'elections.known_until_at') }}
    where
        known.period_ordinal <= scoped.known_ordinal
        and coalesce(replaced.period_ordinal, 999999) > scoped.known_ordinal
        and elections.effective_from <= scoped.decided_by_at
    qualify row_number() over (
        partition by scoped.line_id, elections.topic
        order by scoped.distance asc, elections.recorded_at desc, elections.election_id asc
    ) = 1
),

int_lines__elections as (
    select
        line_id,
        {%- for topic in topics %}
            max(case topic when '{{ topic }}' then nullif(choice, 'computed') end) as {{ topic }},
            max(case topic when '{{ topic }}' then election_id end) as {{ topic }}_election_id,
        {%- endfor %}
        -- of the company as a whole the measure is that of its services, not of its platform
        coalesce(bool_or(topic = 'over_time_measure' and scope_type in ('line', 'product')), false) as measure_is_for_the_promise
    from nearest
    group by line_id
)

select * from int_lines__elections
