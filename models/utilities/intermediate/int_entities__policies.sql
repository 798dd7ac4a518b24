-- One row per entity: accounting zone and currencies as elected by its first close.
with

entities as (
    select distinct entity_id from {{ accepted(ref('stg_contracts')) }}
    union
    select distinct entity_id from {{ accepted(ref('stg_accounting_periods')) }}
    where entity_id <> '*'
),

-- A zone cuts every period: what is elected after the first close would move closed periods, so
-- it waits (an exception says so) and what was elected by then goes on.
first_closes as (
    select
        entities.entity_id,
        min(periods.knowledge_cutoff_at) as knowledge_cutoff_at
    from entities
    inner join {{ accepted(ref('stg_accounting_periods')) }} as periods
        on periods.entity_id in (entities.entity_id, '*')
        and periods.state = 'closed'
    group by entities.entity_id
),

elected as (
    select
        entities.entity_id,
        elections.topic,
        -- 'contract' is the recommended choice of both currencies: each contract's own
        nullif(elections.choice, 'contract') as choice
    from entities
    inner join {{ accepted(ref('stg_policy_elections')) }} as elections
        on elections.topic in ('time_zone', 'functional_currency', 'reporting_currency')
        and elections.book = '*'
        and (
            elections.scope_type = 'global'
            or elections.scope_type = 'entity' and elections.scope_id = entities.entity_id
        )
    left join first_closes on first_closes.entity_id = entities.entity_id
    where
        elections.recorded_at <= coalesce(first_closes.knowledge_cutoff_at, timestamp '9999-12-31')
        and coalesce(elections.known_until_at, timestamp '9999-12-31')
        > coalesce(first_closes.knowledge_cutoff_at, timestamp '9999-12-30')
    qualify row_number() over (
        partition by entities.entity_id, elections.topic
        order by
            case elections.scope_type when 'entity' then 1 else 2 end asc,
            elections.effective_from desc nulls last,
            elections.recorded_at desc,
            elections.election_id asc
    ) = 1
),

int_entities__policies as (
    select
        entities.entity_id,
        coalesce(max(case when elected.topic = 'time_zone' and {{ is_known_time_zone('elected.choice') }} then elected.choice end), 'UTC') as time_zone,
        max(case when elected.topic = 'time_zone' and not {{ is_known_time_zone('elected.choice') }} then elected.choice end) as unknown_time_zone,
        max(case when elected.topic = 'functional_currency' then elected.choice end) as functional_currency,
        max(case when elected.topic = 'reporting_currency' then elected.choice end) as reporting_currency
    from entities
    left join elected on elected.entity_id = entities.entity_id
    group by entities.entity_id
)

select * from int_entities__policies
