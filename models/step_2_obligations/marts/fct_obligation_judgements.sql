-- One row per contract line and decision: the judgements on step 2 and the timing of step 5 (D3, D5).
with

promises as (
    select
        promises.*,
        known.period_ordinal as as_of_ordinal
    from {{ ref('int_lines__promises') }} as promises
    inner join (
        select
            line_id,
            min(recorded_at) as recorded_at
        from {{ accepted(ref('stg_contract_lines')) }}
        group by line_id
    ) as first_recorded on first_recorded.line_id = promises.line_id
    {{ join_known_period('known', 'promises.entity_id', 'first_recorded.recorded_at') }}
),

nature as (
    select
        entity_id,
        line_id,
        'D3' as decision_code,
        coalesce(upper(nature), 'NOT_SUPPORTED') || case when nature in ('units', 'stand_ready', 'prepaid_units') then ' SERIES' else '' end as outcome,
        nature_rule as rule_code,
        'line_kind=' || line_kind || '; product_kind=' || coalesce(product_kind, 'none') || '; grouped_as=' || coalesce(obligation_name, 'computed') as inputs_seen,
        coalesce('election ' || grouping_election_id, 'default') as basis,
        as_of_ordinal
    from promises
),

timing as (
    select
        entity_id,
        line_id,
        'D5' as decision_code,
        case when pattern = 'point_in_time' then 'POINT_IN_TIME' else 'OVER_TIME' end as outcome,
        timing_rule as rule_code,
        'pattern=' || pattern || '; acceptance=' || case when acceptance_is_substantive then 'substantive' else 'formality' end as inputs_seen,
        -- acceptance decides only when a good passes at a point in time
        case when pattern = 'point_in_time' then coalesce('election ' || acceptance_election_id, 'default') else 'default' end as basis,
        as_of_ordinal
    from promises
    where pattern <> 'price_only'
),

fct_obligation_judgements as (
    select
        '*' as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        decision_code,
        outcome,
        rule_code,
        inputs_seen,
        basis,
        as_of_ordinal
    from nature
    union all
    select
        '*' as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        decision_code,
        outcome,
        rule_code,
        inputs_seen,
        basis,
        as_of_ordinal
    from timing
)

select * from fct_obligation_judgements
