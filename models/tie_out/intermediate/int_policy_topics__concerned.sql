-- One row per entity and policy topic that applies to it: its contracts and what they earned.
with

features as (
    select * from {{ ref('int_features__contracts') }}
    union all
    select * from {{ ref('int_features__lines') }}
),

applicable as (
    select
        topics.topic,
        topics.rule,
        topics.description,
        topics.default_choice,
        topics.choices,
        topics.is_applied,
        topic_features.book,
        features.entity_id,
        features.contract_id,
        min(features.known_at) as known_at
    from features
    inner join {{ ref('topic_features') }} as topic_features on topic_features.feature = features.feature
    inner join {{ ref('policy_topics') }} as topics on topics.topic = topic_features.topic
    -- a feature may be found in the agreement and in its lines
    group by all
),

revenue as (
    select
        recognised.contract_id,
        sum(
            cast(recognised.amount as decimal(20, 2))
            * case when recognised.currency = contracts.functional_currency then 1 else coalesce(rates.rate, 0) end
        ) as functional_amount
    from {{ ref('fct_revenue_recognised') }} as recognised
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = recognised.contract_id
    left join {{ ref('int_fx__last_rates') }} as rates
        on rates.from_currency = recognised.currency
        and rates.to_currency = contracts.functional_currency
    where recognised.book = 'ifrs15'
    group by recognised.contract_id
),

int_policy_topics__concerned as (
    select
        applicable.topic,
        applicable.rule,
        applicable.description,
        applicable.default_choice,
        applicable.choices,
        applicable.is_applied,
        applicable.book,
        applicable.entity_id,
        count(*) as contract_count,
        min(applicable.known_at) as known_at,
        sum(revenue.functional_amount) as functional_amount
    from applicable
    left join revenue on revenue.contract_id = applicable.contract_id
    group by all
)

select * from int_policy_topics__concerned
