-- One row: what became of the landed usage rows, counted where each was decided.
with

grouped as (
    select
        event_count,
        non_billable_reason
    from {{ ref('int_usage_by_day') }}
    where not is_withdrawal
    union all
    select
        event_count,
        non_billable_reason
    from {{ ref('int_usage_levels__readings') }}
    where not is_withdrawal
),

counted as (
    select
        coalesce(sum(case when non_billable_reason is null then event_count end), 0) as billable_count,
        coalesce(sum(case when non_billable_reason is not null then event_count end), 0) as non_billable_count,
        (select count(*) from {{ ref('int_usage_events__unrouted') }}) as unrouted_count
    from grouped
),

set_aside as (
    select
        count(case when row_state = 'duplicate' then 1 end) as duplicate_count,
        count(case when row_state = 'rejected' then 1 end) as rejected_count,
        count(case when row_state = 'held' then 1 end) as held_count,
        count(case when row_state = 'accepted' and is_retracted then 1 end) as retraction_count
    from {{ ref('int_usage_events__set_aside') }}
),

fct_usage_row_counts as (
    select
        cast(counted.billable_count as bigint) as billable_count,
        cast(counted.non_billable_count as bigint) as non_billable_count,
        cast(counted.unrouted_count as bigint) as unrouted_count,
        set_aside.duplicate_count,
        set_aside.rejected_count,
        set_aside.held_count,
        set_aside.retraction_count,
        cast(
            counted.billable_count + counted.non_billable_count + counted.unrouted_count
            + set_aside.duplicate_count + set_aside.rejected_count + set_aside.held_count + set_aside.retraction_count
            as bigint
        ) as row_count
    from counted
    cross join set_aside
)

select * from fct_usage_row_counts
