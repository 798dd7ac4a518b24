-- One row per fee interval of a line that exercises an option, as its own terms price it: which right, and the closes that believed so.
with

bought as (
    select
        exercises.option_line_id,
        exercises.is_modification,
        fees.* replace (
            greatest(fees.known_from_ordinal, exercises.counts_from_ordinal) as known_from_ordinal,
            least(fees.known_to_ordinal, exercises.counts_to_ordinal) as known_to_ordinal
        )
    from {{ ref('int_fees__allocated') }} as fees
    inner join {{ ref('fct_option_exercises') }} as exercises on exercises.line_id = fees.line_id
    where
        -- terms that are folded are needed segment by segment
        (fees.is_latest_segment or exercises.is_modification)
        and fees.component = 'fee'
        and fees.pattern <> 'material_right'
        and greatest(fees.known_from_ordinal, exercises.counts_from_ordinal) < least(fees.known_to_ordinal, exercises.counts_to_ordinal)
),

-- Each interval of the service that a set-up fee opened.
served as (
    select
        options.line_id as option_line_id,
        false as is_modification,
        fees.*
    from {{ ref('int_fees__allocated') }} as fees
    inner join (
        select distinct
            line_id,
            service_line_id
        from {{ ref('fct_options') }}
        where measure = 'set_up'
    ) as options
        on options.service_line_id = fees.line_id
    where fees.is_latest_segment and fees.component = 'fee'
),

int_rights__exercised_fees as (
    select * from bought
    union all by name
    select * from served
    union all by name
    select
        * exclude (is_renewal),
        false as is_modification
    from {{ ref('int_rights__renewed_fees') }}
    where is_renewal and is_latest_segment
)

select * from int_rights__exercised_fees
