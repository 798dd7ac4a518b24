-- One row per usage line segment, unit, service period and revision: what that knowledge changed in charges that depend on what was used before.
--
-- Where neither the units nor their price changed, but those before them, the change is a re-rating, also where
-- late units change the average at which all are earned; what a forecast changes in it, or use as it comes, is a
-- change of estimate. Outcomes are charged as they fare (int_outcome_fees__counted).
with

changed as (
    select
        run_number,
        line_segment_number,
        service_ordinal,
        case when is_own then revision else {{ int_div('revision', '10') }} * 10 + {{ family('rating') }} end as revision,
        amount - coalesce(lag(amount) over (
            partition by run_number, line_segment_number, service_ordinal order by revision
        ), 0) as amount,
        0 as deferred_amount
    from {{ ref('int_rating_beliefs') }}
    where place = 0

    union all

    select
        run_number,
        line_segment_number,
        service_ordinal,
        case
            when is_own then revision
            when revision % 10 in ({{ family('usage') }}, {{ family('void') }}, {{ family('rating') }}) then {{ int_div('revision', '10') }} * 10 + {{ family('rating') }}
            else {{ int_div('revision', '10') }} * 10 + {{ family('estimate') }}
        end as revision,
        0 as amount,
        charged_amount - earned_amount - coalesce(lag(charged_amount - earned_amount) over (
            partition by run_number, line_segment_number, service_ordinal order by revision
        ), 0) as deferred_amount
    from {{ ref('int_blended_beliefs') }}
    where place = 0
),

runs as (
    select distinct
        run_number,
        line_segment_number,
        line_id,
        contract_id,
        entity_id,
        segment_from_at,
        unit_code
    from {{ ref('int_rating_entries') }}
),

int_rating_changes as (
    select
        runs.line_id,
        runs.contract_id,
        runs.entity_id,
        runs.line_segment_number,
        runs.segment_from_at,
        changed.service_ordinal,
        runs.unit_code,
        changed.revision,
        cast(sum(changed.amount) as decimal(38, 18)) as amount,
        cast(sum(changed.deferred_amount) as decimal(38, 18)) as deferred_amount
    from changed
    inner join runs
        on runs.run_number = changed.run_number
        and runs.line_segment_number = changed.line_segment_number
    group by all
    having sum(changed.amount) <> 0 or sum(changed.deferred_amount) <> 0
)

select * from int_rating_changes
