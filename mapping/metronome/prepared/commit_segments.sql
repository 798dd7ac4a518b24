-- One row per segment of a commit's access schedule: when how much can be used, and its part of what is invoiced.
--
-- Access and invoices have schedules of their own. What is invoiced is spread over the segments by what
-- they grant, in whole units, on the cumulative, so that the parts add up.
with

items as (
    select
        commits.*,
        unnest(from_json(
            json_extract(commits.access_schedule, '$.schedule_items'),
            '[{"id": "VARCHAR", "date": "VARCHAR", "end_date": "VARCHAR", "amount": "VARCHAR"}]'
        )) as item
    from prepared.latest_commits as commits
),

segments as (
    select
        * exclude (item),
        item.id as segment_id,
        cast(cast(item.date as timestamptz) as timestamp) as starts_at,
        cast(cast(item.end_date as timestamptz) as timestamp) as ends_before,
        cast(item.amount as decimal(18, 0)) as access_units
    from items
),

cumulated as (
    select
        *,
        cast(sum(access_units) over (partition by commit_id) as decimal(18, 0)) as total_units,
        cast(sum(access_units) over (partition by commit_id order by starts_at, segment_id) as decimal(18, 0)) as units_to_here
    from segments
),

shared as (
    select
        *,
        case
            when total_units = 0 then 0
            else cast(round(
                (invoiced_units * units_to_here - (invoiced_units * units_to_here) % total_units) / total_units
            ) as decimal(18, 0))
        end as invoiced_to_here
    from cumulated
),

commit_segments as (
    select
        * exclude (invoiced_to_here, units_to_here),
        commit_id || ':' || segment_id as grant_id,
        invoiced_to_here - coalesce(lag(invoiced_to_here) over (partition by commit_id order by starts_at, segment_id), 0) as invoiced_share,
        row_number() over (partition by commit_id order by starts_at desc, segment_id desc) = 1 as is_last
    from shared
)

select * from commit_segments
