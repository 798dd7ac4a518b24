-- One row per contract line, book and decision: the judgements on step 2 and the timing of step 5 (D3, D5, D13, D14).
with

promises as (
    select
        promises.*,
        elections.promise_nature_election_id,
        elections.po_grouping_election_id,
        elections.over_time_measure_election_id,
        elections.acceptance_election_id,
        elections.licence_nature_election_id,
        elections.principal_agent_election_id
    from {{ ref('int_lines__promises') }} as promises
    left join {{ ref('int_lines__elections') }} as elections on elections.line_id = promises.line_id
),

nature as (
    select
        '*' as book,
        entity_id,
        line_id,
        'D3' as decision_code,
        case nature_rule when 'D3.PRICE_ONLY' then 'NO_PROMISE' when 'D3.PART_OF_PLAN' then 'PART OF PLAN' else coalesce(upper(nature), 'NOT_SUPPORTED') end
        || case when nature in ('units', 'outcomes', 'stand_ready', 'prepaid_units', 'included_units') then ' SERIES' else '' end as outcome,
        nature_rule as rule_code,
        'line_kind=' || line_kind || '; product_kind=' || coalesce(product_kind, 'none')
        || '; amount_interval=' || amount_interval || '; grouped_as=' || coalesce(obligation_name, 'computed') as inputs_seen,
        coalesce('election ' || coalesce(promise_nature_election_id, po_grouping_election_id), 'default') as basis,
        known_ordinal as as_of_ordinal
    from promises
),

capable as (
    select
        '*' as book,
        entity_id,
        line_id,
        'D3.CAPABLE' as decision_code,
        case when is_capable then 'YES' else 'NO' end as outcome,
        capable_rule as rule_code,
        capable_inputs as inputs_seen,
        'default' as basis,
        known_ordinal as as_of_ordinal
    from {{ ref('int_lines__distinct') }}
),

separate as (
    select
        '*' as book,
        tests.entity_id,
        tests.line_id,
        'D3.SEPARATE' as decision_code,
        case when tests.is_separate then 'YES' else 'NO' end as outcome,
        tests.separate_rule as rule_code,
        tests.separate_inputs as inputs_seen,
        coalesce('election ' || promises.po_grouping_election_id, 'default') as basis,
        tests.known_ordinal as as_of_ordinal
    from {{ ref('int_lines__distinct') }} as tests
    inner join promises on promises.line_id = tests.line_id
),

timing as (
    select
        '*' as book,
        entity_id,
        line_id,
        'D5' as decision_code,
        case when timing_rule in ('D5.PIT', 'D5.PIT_LICENCE') then 'POINT_IN_TIME' else 'OVER_TIME' end as outcome,
        timing_rule as rule_code,
        'pattern=' || pattern
        || '; measure=' || case when pattern in ('progress', 'milestone') then coalesce(obligation_measure, case when has_milestones then 'milestone' else 'as reported' end) else 'none' end
        || '; acceptance=' || case when acceptance_is_substantive then 'substantive' else 'formality' end as inputs_seen,
        -- acceptance decides only where control passes at a point in time
        coalesce('election ' || coalesce(over_time_measure_election_id, case when passes_on is not null then acceptance_election_id end), 'default') as basis,
        known_ordinal as as_of_ordinal
    from promises
    where pattern <> 'price_only'
),

licence as (
    select
        '*' as book,
        entity_id,
        line_id,
        'D13' as decision_code,
        case licence_nature when 'symbolic' then 'OT_ACCESS' else 'PIT' end as outcome,
        case licence_nature when 'symbolic' then 'D13.SYMBOLIC' else 'D13.FUNCTIONAL' end as rule_code,
        'product_kind=licence; licence_nature=' || licence_nature as inputs_seen,
        coalesce('election ' || licence_nature_election_id, 'default') as basis,
        known_ordinal as as_of_ordinal
    from promises
    where nature = 'licence'
),

renewal as (
    select distinct
        books.book,
        promises.entity_id,
        promises.line_id,
        'D13.RENEWAL' as decision_code,
        case books.book when 'asc606' then 'TERM_START' else 'AGREEMENT' end as outcome,
        case books.book when 'asc606' then 'D13.RENEWAL_TERM' else 'D13.RENEWAL_AGREED' end as rule_code,
        'difference=X5; agreed_at=' || cast(cast(renewals.agreed_at as date) as varchar) || '; service_start=' || cast(cast(promises.service_start_at as date) as varchar) as inputs_seen,
        'default' as basis,
        promises.known_ordinal as as_of_ordinal
    from {{ ref('fct_licence_renewals') }} as renewals
    inner join promises on promises.line_id = renewals.line_id
    cross join {{ ref('books') }} as books
),

agent as (
    select
        '*' as book,
        entity_id,
        line_id,
        'D14' as decision_code,
        case when is_agent then 'AGENT' else 'PRINCIPAL' end as outcome,
        case when principal_agent_election_id is not null then 'D14.ELECTED' else 'D14.NOT_ELECTED' end as rule_code,
        'third_party_share=' || coalesce(cast(third_party_share as varchar), 'none') as inputs_seen,
        coalesce('election ' || principal_agent_election_id, 'default') as basis,
        known_ordinal as as_of_ordinal
    from promises
    where coalesce(third_party_share, 0) > 0 or principal_agent_election_id is not null
),

united as (
    select * from nature
    union all
    select * from capable
    union all
    select * from separate
    union all
    select * from timing
    union all
    select * from licence
    union all
    select * from renewal
    union all
    select * from agent
),

fct_obligation_judgements as (
    select
        book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        decision_code,
        outcome,
        rule_code,
        inputs_seen,
        basis,
        as_of_ordinal
    from united
)

select * from fct_obligation_judgements
