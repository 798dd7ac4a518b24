{#
    One row per entity and version of an estimate: what depends on it, and who must look at it (D7).

    measured: name of a CTE with entity_id, estimate_id, recorded_at, known_from_ordinal and, for what the version is
    about: estimate_amount, catch_up_amount, corrected_amount (revenue that a catch-up corrects), moved and moved_from.
#}
{% macro review_tiers(measured) -%}
    select
        measured.entity_id,
        measured.estimate_id,
        measured.recorded_at,
        cast(max(measured.estimate_amount) as decimal(38, 18)) as estimate_amount,
        cast(max(measured.catch_up_amount) as decimal(38, 18)) as catch_up_amount,
        bool_or(
            measured.estimate_amount >= policies.review_amount
            or measured.estimate_amount >= policies.review_dual_amount
            or measured.catch_up_amount >= greatest(
                policies.review_catch_up_amount,
                cast(cast(measured.corrected_amount as decimal(27, 9)) * cast(policies.review_catch_up_share as decimal(10, 9)) as decimal(38, 9))
            )
            or coalesce(measured.moved > measured.moved_from * cast(policies.review_estimate_change as decimal(10, 9)), false)
        ) as needs_review,
        bool_or(measured.estimate_amount >= policies.review_dual_amount) as needs_two,
        -- of what counts by itself, a share that its name draws: the same at every run
        bool_or(
            measured.estimate_amount >= policies.review_sample_amount
            and {{ drawn_share(['measured.estimate_id', 'measured.recorded_at']) }} < policies.review_sample_share
        ) as is_drawn
    from {{ measured }} as measured
    inner join {{ ref('dim_estimation_policies') }} as policies
        on policies.entity_id = measured.entity_id
        and policies.from_ordinal <= measured.known_from_ordinal
        and policies.to_ordinal > measured.known_from_ordinal
    group by measured.entity_id, measured.estimate_id, measured.recorded_at
{%- endmacro %}

{#-
    CTEs that say which closes may count which versions; the last is `visible` (D7).

    A version that must be reviewed counts from the close that knew its approval, or its approval by a second
    reviewer where two must approve; until then the last one that was approved does, else none. An approval that is
    withdrawn ends with its withdrawal, and what was rejected counts no more: a new version has to be made.

    statements: relation with subject_type, subject_id, entity_id, estimate_id, recorded_at, known_from_ordinal and
    withdrawn_ordinal. exposures: relation in the form of review_tiers.
-#}
{% macro visible_by_review(statements, exposures) -%}
decisions as (
    select
        statements.subject_type,
        statements.subject_id,
        statements.estimate_id,
        statements.recorded_at,
        lower(trim(reviews.reviewer)) as reviewer,
        min(case when reviews.decision <> 'rejected' then known.period_ordinal end) as approved_ordinal,
        max(case when reviews.decision <> 'rejected' then coalesce(withdrawn.period_ordinal, 999999) end) as approved_to_ordinal,
        min(case when reviews.decision = 'rejected' then known.period_ordinal end) as rejected_ordinal
    from {{ statements }} as statements
    inner join {{ accepted(ref('stg_reviews')) }} as reviews
        on reviews.subject_table = 'estimates'
        and reviews.subject_id = statements.estimate_id
        and reviews.subject_recorded_at = statements.recorded_at
    {{ join_known_period('known', 'statements.entity_id', 'reviews.recorded_at') }}
    {{ join_known_period('withdrawn', 'statements.entity_id', 'reviews.known_until_at') }}
    group by statements.subject_type, statements.subject_id, statements.estimate_id, statements.recorded_at, lower(trim(reviews.reviewer))
),

ranked as (
    select
        *,
        row_number() over (partition by subject_type, subject_id, estimate_id, recorded_at order by approved_ordinal nulls last) as approval_number,
        row_number() over (partition by subject_type, subject_id, estimate_id, recorded_at order by approved_to_ordinal desc nulls last) as standing_number
    from decisions
),

reviews as (
    select
        subject_type,
        subject_id,
        estimate_id,
        recorded_at,
        min(approved_ordinal) as approved_ordinal,
        max(approved_to_ordinal) as approved_to_ordinal,
        min(case approval_number when 2 then approved_ordinal end) as second_ordinal,
        min(case standing_number when 2 then approved_to_ordinal end) as second_to_ordinal,
        min(rejected_ordinal) as rejected_ordinal
    from ranked
    group by subject_type, subject_id, estimate_id, recorded_at
),

judged as (
    select
        statements.subject_type,
        statements.subject_id,
        statements.estimate_id,
        statements.recorded_at,
        statements.withdrawn_ordinal,
        statements.known_from_ordinal,
        coalesce(exposures.needs_review, false) as needs_review,
        reviews.rejected_ordinal,
        case when exposures.needs_two then reviews.second_ordinal else reviews.approved_ordinal end as approved_ordinal,
        case when exposures.needs_two then reviews.second_to_ordinal else reviews.approved_to_ordinal end as approved_to_ordinal
    from {{ statements }} as statements
    left join {{ exposures }} as exposures
        on exposures.entity_id = statements.entity_id
        and exposures.estimate_id = statements.estimate_id
        and exposures.recorded_at = statements.recorded_at
    left join reviews
        on reviews.subject_type = statements.subject_type
        and reviews.subject_id = statements.subject_id
        and reviews.estimate_id = statements.estimate_id
        and reviews.recorded_at = statements.recorded_at
),

dated as (
    select
        subject_type,
        subject_id,
        estimate_id,
        recorded_at,
        needs_review,
        approved_ordinal,
        cast(case
            when needs_review then greatest(known_from_ordinal, coalesce(approved_ordinal, 999999))
            else known_from_ordinal
        end as integer) as visible_from_ordinal,
        cast(least(
            withdrawn_ordinal,
            greatest(known_from_ordinal, coalesce(rejected_ordinal, 999999)),
            case when needs_review then approved_to_ordinal else 999999 end
        ) as integer) as visible_to_ordinal
    from judged
),

visible as (
    select *
    from dated
    where visible_from_ordinal < visible_to_ordinal
)
{%- endmacro %}

{#- A number from 0 to below 1 that the text of these columns draws: its md5, sixteen bits of it. -#}
{% macro drawn_share(columns) -%}
{%- set drawn = row_fingerprint(columns) -%}
    cast((
        {%- for place in range(1, 5) %}
            (position(substr({{ drawn }}, {{ place }}, 1) in '0123456789abcdef') - 1) * {{ 16 ** (4 - place) }}{% if not loop.last %} +{% endif %}
        {%- endfor %}
    ) as decimal(10, 0)) * cast(0.0000152587890625 as decimal(17, 16))
{%- endmacro %}
