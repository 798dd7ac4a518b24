-- One row per entity: accounting zone and currencies as elected, latest election known.
with

entities as (
    select distinct entity_id from {{ accepted(ref('stg_contracts')) }}
    union
    select distinct entity_id from {{ accepted(ref('stg_accounting_periods')) }}
    where entity_id <> '*'
),

elections as (
    select
        topic,
        scope_type,
        scope_id,
        choice,
        row_number() over (
            partition by topic, scope_type, scope_id
            order by effective_from desc nulls last, recorded_at desc, election_id asc
        ) as recency
    from {{ accepted(ref('stg_policy_elections')) }}
    where
        known_until_at is null
        and topic in ('time_zone', 'functional_currency', 'reporting_currency')
        and scope_type in ('global', 'entity')
),

elected as (
    select
        entities.entity_id,
        elections.topic,
        max_by(elections.choice, case elections.scope_type when 'entity' then 1 else 0 end) as choice
    from entities
    inner join elections
        on elections.recency = 1
        and (elections.scope_type = 'global' or elections.scope_id = entities.entity_id)
    group by entities.entity_id, elections.topic
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
