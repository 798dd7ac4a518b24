-- One row per entity and version of an estimate: what depends on it, who must approve it or look at it, and whether they did (D7).
with

statements as (
    select
        entity_id,
        estimate_id,
        recorded_at,
        min(kind) as kind,
        min(known_from_ordinal) as known_from_ordinal,
        count(*) as subject_count
    from {{ ref('int_estimates__statements') }}
    where withdrawn_ordinal = 999999
    group by entity_id, estimate_id, recorded_at
),

reviews as (
    select
        subject_id,
        subject_recorded_at,
        count(distinct case when decision <> 'rejected' and known_until_at is null then lower(trim(reviewer)) end) as approvals,
        bool_or(decision = 'rejected') as is_rejected
    from {{ accepted(ref('stg_reviews')) }}
    where subject_table = 'estimates'
    group by subject_id, subject_recorded_at
),

fct_estimate_reviews as (
    select
        statements.entity_id,
        statements.estimate_id,
        statements.recorded_at,
        statements.kind,
        statements.known_from_ordinal,
        statements.subject_count,
        exposures.estimate_amount,
        exposures.catch_up_amount,
        exposures.needs_review,
        case
            when exposures.needs_two then 'dual'
            when exposures.needs_review then 'controller'
            when exposures.is_drawn then 'sample'
            else 'automatic'
        end as review_tier,
        coalesce(reviews.approvals, 0) as approvals,
        case
            when coalesce(reviews.is_rejected, false) then 'rejected'
            when reviews.approvals >= case when exposures.needs_two then 2 else 1 end then 'approved'
            when exposures.needs_review then 'awaited'
            when exposures.is_drawn then 'sampled'
            else 'not_required'
        end as review_status
    from statements
    inner join {{ ref('int_estimates__exposures') }} as exposures
        on exposures.entity_id = statements.entity_id
        and exposures.estimate_id = statements.estimate_id
        and exposures.recorded_at = statements.recorded_at
    left join reviews
        on reviews.subject_id = statements.estimate_id
        and reviews.subject_recorded_at = statements.recorded_at
)

select * from fct_estimate_reviews
