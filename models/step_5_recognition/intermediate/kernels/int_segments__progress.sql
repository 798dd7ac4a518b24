-- One row per modified obligation earned by progress, component, segment and belief: its price, and the progress when the segment began and ended.
--
-- What remains is not distinct from what was done, so the whole is measured anew at the change
-- (D12 CATCHUP; ASC 606-10-25-13(b), IFRS 15.21(b)). What an earlier segment was measured against
-- is the whole as it was known before the change; the last one goes by the latest.
with

members as (
    select
        members.*,
        measures.measure,
        begun.period_ordinal as next_segment_ordinal
    from {{ ref('int_segments__members') }} as members
    inner join {{ ref('int_progress__measures') }} as measures
        on measures.obligation_id = members.obligation_id
        and measures.known_from_ordinal <= members.known_from_ordinal
        and measures.known_to_ordinal > members.known_from_ordinal
        and measures.measure <> 'time'
    {{ join_period_of_date('begun', 'members.entity_id', 'members.segment_to_date') }}
    where members.pattern = 'progress'
),

priced as (
    select
        members.*,
        sum(case when members.segment_position = 0 then fees.allocated_amount else fees.stated_amount end) as price,
        sum(fees.stated_amount) as stated_price,
        sum(fees.standalone_amount) as standalone_whole,
        sum(case when fees.amount_interval = 'once' then fees.quantity end) as agreed_total
    from members
    inner join {{ ref('fct_allocated_fees') }} as fees
        on {{ fees_of_segment('fees', 'members') }}
    group by all
),

totals as (
    select
        priced.pool_id,
        priced.component,
        priced.known_from_ordinal,
        priced.segment_position,
        priced.strand_id,
        totals.kind,
        -- the latest known before the next segment; a first estimate that came later stands for it
        max_by(totals.value, case
            when totals.known_from_ordinal < coalesce(priced.next_segment_ordinal, 999999) then totals.known_from_ordinal
            else -totals.known_from_ordinal
        end) as value
    from priced
    inner join {{ ref('int_progress__totals') }} as totals
        on totals.obligation_id = priced.obligation_id
        and totals.known_from_ordinal <= priced.known_from_ordinal
    group by 1, 2, 3, 4, 5, 6
),

wholes as (
    select
        pool_id,
        component,
        known_from_ordinal,
        segment_position,
        strand_id,
        max(case when kind = 'progress_total' then value end) as estimated_total,
        max(case when kind = 'worth' then value end) as worth_total,
        max(case when kind = 'uninstalled_cost' then value end) as uninstalled_total
    from totals
    group by 1, 2, 3, 4, 5
),

done as (
    select
        priced.pool_id,
        priced.component,
        priced.known_from_ordinal,
        priced.segment_position,
        priced.strand_id,
        sum(case when reports.measure = priced.measure and reports.occurred_date < priced.segment_from_date then reports.measured_millionths else 0 end) as progress_at_start,
        sum(case when reports.measure = priced.measure and coalesce(reports.occurred_date < priced.segment_to_date, true) then reports.measured_millionths else 0 end) as progress_at_end,
        sum(case when reports.measure = 'uninstalled_cost' and reports.occurred_date < priced.segment_from_date then reports.measured_millionths else 0 end) as uninstalled_at_start,
        sum(case when reports.measure = 'uninstalled_cost' and coalesce(reports.occurred_date < priced.segment_to_date, true) then reports.measured_millionths else 0 end) as uninstalled_at_end,
        sum(case when reports.measure = 'uninstalled_cost' then reports.measured_millionths else 0 end) as uninstalled_in_all
    from priced
    inner join {{ ref('int_progress__reports') }} as reports
        on reports.obligation_id = priced.obligation_id
        and reports.known_ordinal <= priced.known_from_ordinal
        and reports.withdrawn_ordinal > priced.known_from_ordinal
        and (reports.measure = priced.measure or reports.measure = 'uninstalled_cost' and priced.measure = 'cost')
    group by 1, 2, 3, 4, 5
),

united as (
    select
        priced.* exclude (agreed_total, next_segment_ordinal),
        dated.completed_at,
        dated.completed_date,
        dated.completed_ordinal,
        coalesce(dated.completed_date < priced.segment_from_date, false) as is_complete_at_start,
        coalesce(dated.completed_date < priced.segment_to_date, dated.completed_date is not null) as is_complete_at_end,
        cast(coalesce(case
            when priced.measure = 'percent' then 100
            when priced.measure in ('milestone', 'handover') then wholes.worth_total
            else coalesce(wholes.estimated_total, case when priced.measure in ('hours', 'units') then priced.agreed_total end)
        end, 0) * 1000000 as decimal(38, 0)) as progress_total,
        cast(case
            when priced.measure = 'cost' and priced.component in ('fee', 'agency')
                then greatest(coalesce(wholes.uninstalled_total, 0) * 1000000, coalesce(done.uninstalled_in_all, 0))
            else 0
        end as decimal(38, 0)) as uninstalled_total,
        cast(coalesce(done.progress_at_start, 0) as decimal(38, 0)) as progress_at_start,
        cast(coalesce(done.progress_at_end, 0) as decimal(38, 0)) as progress_at_end,
        cast(case when priced.component in ('fee', 'agency') then coalesce(done.uninstalled_at_start, 0) else 0 end as decimal(38, 0)) as uninstalled_at_start,
        cast(case when priced.component in ('fee', 'agency') then coalesce(done.uninstalled_at_end, 0) else 0 end as decimal(38, 0)) as uninstalled_at_end
    from priced
    left join wholes
        on wholes.pool_id = priced.pool_id
        and wholes.component = priced.component
        and wholes.known_from_ordinal = priced.known_from_ordinal
        and wholes.segment_position = priced.segment_position
        and wholes.strand_id = priced.strand_id
    left join done
        on done.pool_id = priced.pool_id
        and done.component = priced.component
        and done.known_from_ordinal = priced.known_from_ordinal
        and done.segment_position = priced.segment_position
        and done.strand_id = priced.strand_id
    left join {{ ref('int_segments__completions') }} as dated
        on dated.obligation_id = priced.obligation_id
        and dated.known_from_ordinal = priced.known_from_ordinal
),

int_segments__progress as (
    select * replace (greatest(progress_total - uninstalled_total, 0) as progress_total)
    from united
)

select * from int_segments__progress
