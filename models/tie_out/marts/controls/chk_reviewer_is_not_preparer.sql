-- One row per review whose reviewer prepared, or elected, what was reviewed (I25).
with

subjects as (
    select
        'estimates' as subject_table,
        estimate_id as subject_id,
        recorded_at,
        prepared_by
    from {{ accepted(ref('stg_estimates')) }}

    union distinct

    select
        'manual_adjustments' as subject_table,
        adjustment_id as subject_id,
        recorded_at,
        prepared_by
    from {{ accepted(ref('stg_manual_adjustments')) }}

    union distinct

    select
        'policy_elections' as subject_table,
        election_id as subject_id,
        recorded_at,
        approved_by as prepared_by
    from {{ accepted(ref('stg_policy_elections')) }}
),

chk_reviewer_is_not_preparer as (
    select
        'chk_reviewer_is_not_preparer' as control_code,
        '*' as book,
        cast(null as varchar) as entity_id,
        cast(null as varchar) as period_id,
        reviews.review_id as subject,
        cast(null as decimal(38, 18)) as expected_amount,
        cast(null as decimal(38, 18)) as actual_amount
    from {{ accepted(ref('stg_reviews')) }} as reviews
    inner join subjects
        on subjects.subject_table = reviews.subject_table
        and subjects.subject_id = reviews.subject_id
        and subjects.recorded_at = reviews.subject_recorded_at
        and lower(trim(subjects.prepared_by)) = lower(trim(reviews.reviewer))
    where reviews.known_until_at is null
)

select * from chk_reviewer_is_not_preparer
