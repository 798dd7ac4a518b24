-- One row per modified obligation earned by progress, set of books, component, rule, service period and revision: the whole measured anew at each change of terms (D12 CATCHUP).
--
-- The cumulative catch-up at the change is a row of its own, dated when the change takes effect:
-- it is neither current performance nor news of the past (ASC 606-10-25-13(b), IFRS 15.21(b)).
with

beliefs as (
    select
        pool_id,
        component,
        obligation_id,
        contract_id,
        entity_id,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        measure,
        case when progress_total > 0 or is_complete_at_end then 'D5.PROGRESS_' || upper(measure) else 'D5.RECOVERABLE_COST' end as rule_code,
        service_ordinal,
        performed_date,
        earned_to_date - lag(earned_to_date) over (
            partition by pool_id, component, strand_id, known_from_ordinal, segment_position
            order by occurred_at nulls first, delivery_id
        ) as amount
    from {{ ref('int_segments__progress_points') }}

    union all

    select
        segments.pool_id,
        segments.component,
        segments.obligation_id,
        segments.contract_id,
        segments.entity_id,
        segments.known_from_ordinal,
        segments.known_to_ordinal,
        segments.arrived_family,
        segments.replaced_family,
        segments.measure,
        'D12.CATCHUP' as rule_code,
        coalesce(begun.period_ordinal, 1) as service_ordinal,
        segments.segment_from_date as performed_date,
        segments.catch_up as amount
    from {{ ref('int_segments__progress_points') }} as segments
    {{ join_period_of_date('begun', 'segments.entity_id', 'segments.segment_from_date') }}
    where segments.occurred_at is null
),

{{ believed_within_windows('beliefs') }},

int_pattern__progress_modified as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        case
            when component <> 'fee' then component
            when measure in ('cost', 'percent', 'milestone', 'handover') then 'project'
            else 'service'
        end as component,
        rule_code,
        service_ordinal,
        false as is_after_as_of,
        known_ordinal * 10 + case
            when known_ordinal > service_ordinal then family
            when rule_code = 'D12.CATCHUP' then {{ family('modification') }}
            else {{ family('normal') }}
        end as revision,
        cast(sum(earned) as decimal(38, 18)) as amount
    from written
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    having sum(earned) <> 0
)

select * from int_pattern__progress_modified
