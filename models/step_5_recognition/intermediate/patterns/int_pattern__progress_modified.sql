-- One row per modified obligation earned by progress, set of books, component, rule, service period and revision: the whole measured anew at each change of terms (D12 CATCHUP).
--
-- The cumulative catch-up at the change is a row of its own, dated when the change takes effect:
-- it is neither current performance nor news of the past (ASC 606-10-25-13(b), IFRS 15.21(b)).
with

segments as (
    select
        segments.*,
        remaining.amount,
        remaining.catch_up,
        cast(case
            when segments.progress_total > 0 then greatest(remaining.amount - cast(segments.uninstalled_total * 0.000001 as decimal(38, 18)), 0)
            else 0
        end as decimal(38, 18)) as by_progress
    from {{ ref('int_segments__progress') }} as segments
    inner join {{ ref('int_segments__remaining') }} as remaining
        on remaining.pool_id = segments.pool_id
        and remaining.component = segments.component
        and remaining.known_from_ordinal = segments.known_from_ordinal
        and remaining.segment_position = segments.segment_position
        and remaining.member_id = segments.strand_id
),

reported as (
    select
        segments.*,
        reports.service_ordinal,
        reports.occurred_at,
        reports.occurred_date as performed_date,
        reports.delivery_id,
        sum(case when reports.measure = segments.measure then reports.measured_millionths else 0 end) over so_far as progress_since,
        sum(case when reports.measure = 'uninstalled_cost' then reports.measured_millionths else 0 end) over so_far as uninstalled_since
    from segments
    inner join {{ ref('int_progress__reports') }} as reports
        on reports.obligation_id = segments.obligation_id
        and reports.known_ordinal <= segments.known_from_ordinal
        and reports.withdrawn_ordinal > segments.known_from_ordinal
        and (reports.measure = segments.measure or reports.measure = 'uninstalled_cost' and segments.measure = 'cost')
        and reports.occurred_date >= coalesce(segments.segment_from_date, reports.occurred_date)
        and coalesce(reports.occurred_date < segments.segment_to_date, true)
    window so_far as (
        partition by segments.pool_id, segments.component, segments.strand_id, segments.known_from_ordinal, segments.segment_position
        order by reports.occurred_at, reports.delivery_id
        rows between unbounded preceding and current row
    )
),

-- Earned to date at each report, and when the segment began.
points as (
    select
        *,
        progress_at_start + progress_since as progress_to_date,
        uninstalled_at_start + uninstalled_since as uninstalled_to_date
    from reported

    union all by name

    select
        *,
        cast(null as integer) as service_ordinal,
        cast(null as timestamp) as occurred_at,
        cast(null as date) as performed_date,
        cast(null as varchar) as delivery_id,
        progress_at_start as progress_to_date,
        uninstalled_at_start as uninstalled_to_date
    from segments

    union all by name

    select
        *,
        completed_ordinal as service_ordinal,
        completed_at as occurred_at,
        completed_date as performed_date,
        '' as delivery_id,
        progress_total as progress_to_date,
        uninstalled_total as uninstalled_to_date
    from segments
    where is_complete_at_end and not is_complete_at_start
),

earned as (
    select
        *,
        case
            when is_complete_at_start or occurred_at >= completed_at then amount
            when progress_total > 0
                then
                    {{ share_of_measure('by_progress', 'cast(least(progress_to_date, progress_total) as ' ~ wide_integer() ~ ')', 'cast(progress_total as ' ~ wide_integer() ~ ')') }}
                    + least(cast(uninstalled_to_date * 0.000001 as decimal(38, 18)), price)
            when measure = 'cost' and component in ('fee', 'agency')
                then least(cast((progress_to_date + uninstalled_to_date) * 0.000001 as decimal(38, 18)), price)
            else 0
        end as earned_to_date
    from points
),

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
    from earned

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
        begun.period_ordinal as service_ordinal,
        segments.segment_from_date as performed_date,
        segments.catch_up as amount
    from segments
    {{ join_period_of_date('begun', 'segments.entity_id', 'segments.segment_from_date') }}
    where segments.catch_up <> 0
),

gated as (
    select
        gates.book_scope,
        beliefs.*,
        greatest(beliefs.known_from_ordinal, gates.gate_ordinal) as from_ordinal,
        least(beliefs.known_to_ordinal, gates.until_ordinal) as to_ordinal,
        case when gates.gate_ordinal > beliefs.known_from_ordinal then {{ family('contract') }} else beliefs.arrived_family end as from_family,
        case when gates.until_ordinal < beliefs.known_to_ordinal then {{ family('contract') }} else beliefs.replaced_family end as to_family
    from beliefs
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = beliefs.contract_id
        and gates.gate_ordinal < beliefs.known_to_ordinal
        and gates.until_ordinal > greatest(beliefs.known_from_ordinal, gates.gate_ordinal)
        and gates.from_date <= beliefs.performed_date
        and gates.to_date > beliefs.performed_date
    where beliefs.service_ordinal is not null and beliefs.amount <> 0
),

written as (
    select
        gated.*,
        from_ordinal as known_ordinal,
        from_family as family,
        amount as earned
    from gated

    union all

    select
        gated.*,
        to_ordinal as known_ordinal,
        to_family as family,
        -amount as earned
    from gated
    where to_ordinal < 999999
),

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
