-- One row per usage line, forecast of its units that people recorded and revisions that go by it.
--
-- Of the forecasts that a close may count for one window, the latest counts (section 0.2); what waits for a review may
-- not (D7). What is used before the window of the forecast adds to it; without a window it is for what is used
-- after the period it was made in.
with

dated as (
    select
        statements.*,
        visible.visible_from_ordinal * 10 + {{ family('estimate') }} as from_revision,
        least(visible.visible_to_ordinal, 9999999) * 10 + {{ family('estimate') }} as withdrawn_revision
    from {{ ref('int_forecasts__statements') }} as statements
    inner join {{ ref('int_forecasts__visible') }} as visible
        on visible.subject_id = statements.subject_id
        and visible.estimate_id = statements.estimate_id
        and visible.recorded_at = statements.recorded_at
),

replaced as (
    select
        *,
        case when withdrawn_revision >= 9999990 then 99999999 else withdrawn_revision end as ended_revision,
        min(from_revision) over (
            partition by line_id, applies_from, applies_to
            order by as_of_date, recorded_at rows between 1 following and unbounded following
        ) as next_revision
    from dated
),

int_forecasts__stated as (
    select
        line_id,
        applies_from as from_at,
        applies_to as to_at,
        as_of_date,
        estimate_id,
        recorded_at,
        method,
        data_from,
        data_to,
        from_ordinal,
        from_revision,
        least(ended_revision, coalesce(next_revision, 99999999)) as to_revision
    from replaced
    where least(ended_revision, coalesce(next_revision, 99999999)) > from_revision
)

select * from int_forecasts__stated
