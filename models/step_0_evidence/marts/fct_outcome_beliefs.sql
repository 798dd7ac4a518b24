-- One row per time that an outcome was resolved and closes that believed so: its window, when it was confirmed, and whether it was reversed or given back (D17, section 3.7).
--
-- Nobody need confirm an outcome: it is, as its window ends without a reopening or dispute inside it. Without an end of the
-- window only a reported confirmation is one. A dispute inside the window holds it open past its end, until it is won.
with

terms as (
    select
        *,
        count(*) over (partition by line_id) > 1 as has_versions
    from {{ ref('int_outcome_lines__terms') }}
),

joined as {{ not_kept() }}(
    select
        resolutions.*,
        terms.time_zone,
        terms.outcome_window_hours,
        terms.from_at as terms_from_at,
        terms.recorded_at as terms_recorded_at,
        coalesce(terms.has_versions, false) as has_versions
    from {{ ref('int_outcome_resolutions') }} as resolutions
    left join terms
        on terms.line_id = resolutions.line_id
        and terms.from_at <= resolutions.resolved_at
        and terms.known_from_ordinal <= resolutions.known_from_ordinal
        and terms.known_to_ordinal > resolutions.known_from_ordinal
),

-- Few lines have terms of several versions, and only there the one that held is looked for.
matched as (
    select *
    from joined
    where not has_versions
    union all
    select *
    from joined
    where has_versions
    qualify row_number() over (
        partition by outcome_id, resolution_place, known_from_ordinal
        order by terms_from_at desc, terms_recorded_at desc
    ) = 1
),

windowed as (
    select
        *,
        -- hours on the clock of the contract: a window of whole days ends at the hour at which it began
        coalesce(
            stated_window_ends_at,
            {{ utc_from_local(add_hours(local_from_utc('resolved_at', 'time_zone'), 'outcome_window_hours'), 'time_zone') }}
        ) as window_ends_at
    from matched
),

held as (
    select
        *,
        disputed_at is not null and coalesce(disputed_at < window_ends_at, true) as is_disputed_inside
    from windowed
),

closing as (
    select
        *,
        least(
            reported_confirmed_at,
            case when not is_disputed_inside then window_ends_at when dispute_won_at is not null and window_ends_at is not null then greatest(window_ends_at, dispute_won_at) end
        ) as would_confirm_at
    from held
),

settled as (
    select
        *,
        ended_at is not null and coalesce(ended_at < would_confirm_at, true) as is_reversed,
        ended_at is not null and coalesce(ended_at >= would_confirm_at, false) as is_given_back
    from closing
),

fct_outcome_beliefs as (
    select
        settled.outcome_id,
        cast(settled.resolution_place as integer) as resolution_place,
        settled.line_segment_number,
        settled.segment_from_at,
        settled.line_id,
        settled.contract_id,
        settled.customer_id,
        settled.entity_id,
        settled.product_id,
        settled.subject_ref,
        settled.agent_ref,
        settled.quantity,
        settled.resolved_at,
        settled.resolved_ordinal,
        settled.window_ends_at,
        settled.is_disputed_inside and settled.dispute_won_at is null and settled.ended_at is null as is_disputed,
        case when not settled.is_reversed then settled.would_confirm_at end as confirmed_at,
        -- empty as long as the close of that period has not come, or the run does not see its day
        case when not settled.is_reversed then confirmed.period_ordinal end as confirmed_ordinal,
        -- whatever became of it: an open-ended one is judged as it ends
        coalesce(ended.period_ordinal, case when settled.window_ends_at is null then coalesce(confirmed.period_ordinal, settled.ended_ordinal) end) as window_ended_ordinal,
        settled.ended_at,
        settled.ended_ordinal,
        settled.is_reversed,
        settled.is_given_back,
        cast(settled.known_from_ordinal as integer) as known_from_ordinal,
        cast(settled.known_to_ordinal as integer) as known_to_ordinal
    from settled
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
    left join {{ ref('dim_accounting_days') }} as confirmed
        on confirmed.entity_id = settled.entity_id
        and confirmed.utc_date = cast(settled.would_confirm_at as date)
        and confirmed.from_at <= settled.would_confirm_at
        and confirmed.to_at > settled.would_confirm_at
        and run.as_of >= settled.would_confirm_at
    left join {{ ref('dim_accounting_days') }} as ended
        on ended.entity_id = settled.entity_id
        and ended.utc_date = cast(settled.window_ends_at as date)
        and ended.from_at <= settled.window_ends_at
        and ended.to_at > settled.window_ends_at
        and run.as_of >= settled.window_ends_at
)

select * from fct_outcome_beliefs
