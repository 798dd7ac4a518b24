-- One row per entity and policy topic that applies to it: who elected what, or that nobody did.
with

books as (
    select distinct book from {{ ref('books') }}
),

concerned as (
    select * from {{ ref('int_policy_topics__concerned') }}
),

-- What was elected for a customer or a contract leaves the rest of the entity without a decision.
elections as (
    select
        entities.entity_id,
        elections.election_id,
        elections.topic,
        elections.book,
        coalesce(elections.choice, cast(elections.value as varchar)) as choice,
        elections.effective_from,
        elections.effective_to
    from {{ ref('dim_entities') }} as entities
    inner join {{ accepted(ref('stg_policy_elections')) }} as elections
        on elections.known_until_at is null
        and (
            elections.scope_type = 'global'
            or elections.scope_type = 'entity' and elections.scope_id = entities.entity_id
        )
),

elected as (
    select
        concerned.topic,
        concerned.entity_id,
        {{ string_agg_ordered('elections.election_id') }} as election_ids,
        {{ string_agg_ordered('elections.choice') }} as elected_choices,
        min(elections.effective_from) as elected_from,
        count(distinct books.book) = max(case concerned.book when '*' then 2 else 1 end) as is_elected
    from concerned
    inner join books on concerned.book in (books.book, '*')
    inner join elections
        on elections.topic = concerned.topic
        and elections.entity_id = concerned.entity_id
        and elections.book in (books.book, '*')
    group by concerned.topic, concerned.entity_id
),

-- Closes made while the topic applied and no election reached them, not even one made since.
closed_without as (
    select
        concerned.topic,
        concerned.entity_id,
        count(*) as close_count,
        min_by(periods.period_id, periods.period_ordinal) as first_period_id,
        max_by(periods.period_id, periods.period_ordinal) as last_period_id
    from concerned
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = concerned.entity_id
        and periods.state = 'closed'
        and periods.knowledge_cutoff_at >= concerned.known_at
    left join (
        select distinct
            elections.topic,
            elections.entity_id,
            reached.period_id
        from elections
        inner join {{ ref('dim_accounting_periods') }} as reached
            on reached.entity_id = elections.entity_id
            and reached.end_at > elections.effective_from
            and coalesce(reached.start_at < elections.effective_to, true)
    ) as decided
        on decided.topic = concerned.topic
        and decided.entity_id = concerned.entity_id
        and decided.period_id = periods.period_id
    where decided.topic is null
    group by concerned.topic, concerned.entity_id
),

fct_policy_topics as (
    select
        concerned.topic,
        concerned.entity_id,
        concerned.rule,
        concerned.description,
        concerned.book,
        concerned.default_choice,
        concerned.choices,
        concerned.is_applied,
        coalesce(elected.is_elected, false) as is_elected,
        elected.election_ids,
        elected.elected_choices,
        elected.elected_from,
        cast(concerned.contract_count as bigint) as contract_count,
        concerned.known_at as applies_since,
        cast(concerned.functional_amount as decimal(38, 9)) as functional_amount,
        entities.functional_currency,
        coalesce(closed_without.close_count, 0) as closes_without_election,
        closed_without.first_period_id as first_close_without_election,
        closed_without.last_period_id as last_close_without_election
    from concerned
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = concerned.entity_id
    left join elected
        on elected.topic = concerned.topic
        and elected.entity_id = concerned.entity_id
    left join closed_without
        on closed_without.topic = concerned.topic
        and closed_without.entity_id = concerned.entity_id
)

select * from fct_policy_topics
