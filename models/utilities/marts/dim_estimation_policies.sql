-- One row per entity and closes over which they hold: the thresholds of estimators, of the constraint and of the review of estimates, as elected (D6, D7).
{%- set topics = [
    'constraint_confidence', 'constraint_confidence_two_factors', 'constraint_confidence_three_factors', 'constraint_confidence_four_factors',
    'constraint_volatility', 'constraint_resolution_months', 'constraint_outcome_range', 'constraint_history_months', 'constraint_significance',
    'constraint_comparable_lines', 'constraint_back_test_error', 'forecast_min_lines', 'forecast_missed_share',
    'breakage_min_lots', 'breakage_back_test_error', 'outcome_history_count', 'reversal_half_life_months',
    'review_amount', 'review_catch_up_amount', 'review_catch_up_share', 'review_estimate_change', 'review_dual_amount',
    'review_sample_amount', 'review_sample_share',
] %}
with

entities as (
    select entity_id from {{ ref('dim_entities') }}
),

elections as (
    select *
    from (
        {{ elections_of(topics, 'entities', 'entity_id', {'entity': 'entity_id'}) }}
    ) as all_elections
    where
        value is not null
        and known_ordinal < replaced_ordinal
),

closes as (
    select
        entity_id,
        0 as from_ordinal
    from entities
    union
    select
        entity_id,
        known_ordinal as from_ordinal
    from elections
    union
    select
        entity_id,
        replaced_ordinal as from_ordinal
    from elections
    where replaced_ordinal < 999999
),

in_force as (
    select
        closes.entity_id,
        closes.from_ordinal,
        topics.topic,
        coalesce(elections.value, cast(topics.default_choice as decimal(38, 9))) as threshold
    from closes
    inner join {{ ref('policy_topics') }} as topics on topics.topic in ('{{ topics | join("', '") }}')
    left join elections
        on elections.entity_id = closes.entity_id
        and elections.topic = topics.topic
        and elections.known_ordinal <= closes.from_ordinal
        and elections.replaced_ordinal > closes.from_ordinal
    qualify row_number() over (
        partition by closes.entity_id, closes.from_ordinal, topics.topic order by {{ nearest_election('elections') }}
    ) = 1
),

dim_estimation_policies as (
    select
        entity_id,
        cast(from_ordinal as integer) as from_ordinal,
        {%- for topic in topics %}
            cast(max(case topic when '{{ topic }}' then threshold end) as decimal(38, 9)) as {{ topic }},
        {%- endfor %}
        cast(lead(from_ordinal, 1, 999999) over (partition by entity_id order by from_ordinal) as integer) as to_ordinal
    from in_force
    group by entity_id, from_ordinal
)

select * from dim_estimation_policies
