-- One row per lot and version of an estimate of its breakage that may count: the closes that may count it (D7).
--
-- A version that must be reviewed counts from the close that knew its approval; until then the last one
-- that was approved does, else none. An approval that is withdrawn ends with its withdrawal, and what was
-- rejected counts no more: a new version has to be made.
with

reviews as (
    select
        statements.grant_id,
        statements.estimate_id,
        statements.recorded_at,
        min(case when reviews.decision <> 'rejected' then known.period_ordinal end) as approved_ordinal,
        max(case when reviews.decision <> 'rejected' then coalesce(withdrawn.period_ordinal, 999999) end) as approved_to_ordinal,
        min(case when reviews.decision = 'rejected' then known.period_ordinal end) as rejected_ordinal
    from {{ ref('int_breakage__statements') }} as statements
    inner join {{ accepted(ref('stg_reviews')) }} as reviews
        on reviews.subject_table = 'estimates'
        and reviews.subject_id = statements.estimate_id
        and reviews.subject_recorded_at = statements.recorded_at
    {{ join_known_period('known', 'statements.entity_id', 'reviews.recorded_at') }}
    {{ join_known_period('withdrawn', 'statements.entity_id', 'reviews.known_until_at') }}
    group by statements.grant_id, statements.estimate_id, statements.recorded_at
),

judged as (
    select
        statements.*,
        coalesce(exposures.needs_review, false) as needs_review,
        reviews.approved_ordinal,
        case
            when not coalesce(exposures.needs_review, false) then statements.known_from_ordinal
            else greatest(statements.known_from_ordinal, coalesce(reviews.approved_ordinal, 999999))
        end as visible_from_ordinal,
        least(
            statements.withdrawn_ordinal,
            greatest(statements.known_from_ordinal, coalesce(reviews.rejected_ordinal, 999999)),
            case when exposures.needs_review then reviews.approved_to_ordinal else 999999 end
        ) as visible_to_ordinal
    from {{ ref('int_breakage__statements') }} as statements
    left join {{ ref('int_breakage__exposures') }} as exposures
        on exposures.entity_id = statements.entity_id
        and exposures.estimate_id = statements.estimate_id
        and exposures.recorded_at = statements.recorded_at
    left join reviews
        on reviews.grant_id = statements.grant_id
        and reviews.estimate_id = statements.estimate_id
        and reviews.recorded_at = statements.recorded_at
),

int_breakage__visible as (
    select
        grant_id,
        estimate_id,
        recorded_at,
        distance,
        value_unit,
        expected_value,
        constrained_value,
        remote_value,
        made_ordinal,
        needs_review,
        approved_ordinal,
        cast(visible_from_ordinal as integer) as visible_from_ordinal,
        cast(visible_to_ordinal as integer) as visible_to_ordinal
    from judged
    where visible_from_ordinal < visible_to_ordinal
)

select * from int_breakage__visible
