-- One row per name under which a usage event may cite a line segment (the line, its contract, or a customer) and stretch of knowledge in which it answers.
with recursive

-- Later versions of a customer repeat what the first one said.
mergers as (
    select
        customer_id,
        merged_into_customer_id,
        min(recorded_at) as recorded_at
    from {{ accepted(ref('stg_customers')) }}
    where merged_into_customer_id is not null
    group by customer_id, merged_into_customer_id
),

memberships as (
    select
        customer_id,
        credit_pool_id,
        min(recorded_at) as recorded_at
    from {{ accepted(ref('stg_customers')) }}
    where credit_pool_id is not null
    group by customer_id, credit_pool_id
),

-- An account merged into another keeps sending events under its old id.
merged_accounts (customer_id, merged_into_customer_id, recorded_at, depth) as (
    select
        customer_id,
        merged_into_customer_id,
        recorded_at,
        1 as depth
    from mergers

    union all

    select
        merged_accounts.customer_id,
        mergers.merged_into_customer_id,
        greatest(mergers.recorded_at, merged_accounts.recorded_at) as recorded_at,
        merged_accounts.depth + 1 as depth
    from merged_accounts
    inner join mergers on mergers.customer_id = merged_accounts.merged_into_customer_id
    where merged_accounts.depth < 10
),

-- Beside its own id: those of accounts merged into it, and members of one pool use what another member of it has bought.
other_names as (
    select
        merged_into_customer_id as customer_id,
        customer_id as cited_id,
        1 as nearness,
        recorded_at
    from merged_accounts

    union all

    select
        owners.customer_id,
        members.customer_id as cited_id,
        2 as nearness,
        greatest(members.recorded_at, owners.recorded_at) as recorded_at
    from memberships as members
    inner join memberships as owners
        on owners.credit_pool_id = members.credit_pool_id
        and owners.customer_id <> members.customer_id
),

segments as (
    select * from {{ ref('int_usage_line_segments__answering') }}
),

-- A sign-up made twice is one contract: what cites the second, or its lines, means the first.
repeated as (
    select
        duplicates.contract_id,
        duplicates.original_contract_id,
        duplicates.recorded_at,
        lines.line_id,
        {{ counted_by('lines') }} as meter_id
    from {{ ref('fct_duplicate_sign_ups') }} as duplicates
    inner join {{ accepted(ref('stg_contract_lines')) }} as lines
        on lines.contract_id = duplicates.contract_id
        and lines.line_kind in {{ counting_line_kinds() }}
        and {{ counted_by('lines') }} is not null
    where duplicates.is_provably_same
    group by all
),

int_usage_routes__candidates as (
    {%- for cited_level, cited_id in [(3, 'line_id'), (2, 'contract_id'), (1, 'customer_id')] %}
        select
            {{ cited_level }} as cited_level,
            {{ cited_id }} as cited_id,
            1 as nearness,
            *
        from segments
        union all
    {%- endfor %}
    select
        1 as cited_level,
        other_names.cited_id,
        other_names.nearness,
        segments.* replace (greatest(segments.known_from_at, other_names.recorded_at) as known_from_at)
    from segments
    inner join other_names on other_names.customer_id = segments.customer_id

    union all

    select
        3 as cited_level,
        repeated.line_id as cited_id,
        1 as nearness,
        segments.* replace (greatest(segments.known_from_at, repeated.recorded_at) as known_from_at)
    from segments
    inner join repeated
        on repeated.original_contract_id = segments.contract_id
        and repeated.meter_id = segments.meter_id

    union all

    select
        2 as cited_level,
        repeated.contract_id as cited_id,
        1 as nearness,
        segments.* replace (greatest(segments.known_from_at, repeated.recorded_at) as known_from_at)
    from segments
    inner join (
        select distinct
            contract_id,
            original_contract_id,
            recorded_at
        from repeated
    ) as repeated on repeated.original_contract_id = segments.contract_id
)

select * from int_usage_routes__candidates
