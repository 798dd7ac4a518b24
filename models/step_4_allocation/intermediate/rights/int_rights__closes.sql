-- One row per material right and close at which anything about it moved: what was allocated to it and until when it holds, as believed then.
with

fees as (
    select * from {{ ref('int_fees__allocated') }}
    where pattern in ('material_right', 'set_up')
),

-- The amount is that of the terms as first agreed, the window that of the terms now in force.
rights as (
    select
        line_id,
        known_from_ordinal,
        known_to_ordinal,
        max(arrived_family) as arrived_family,
        max(replaced_family) as replaced_family,
        sum(case when segment_number = 0 then allocated_amount else 0 end) as allocated_amount,
        max(case when is_latest_segment then from_date end) as from_date,
        max(case when is_latest_segment and to_date > from_date then to_date end) as to_date
    from fees
    group by line_id, known_from_ordinal, known_to_ordinal
),

renewed_fees as (
    select * from {{ ref('int_rights__renewed_fees') }}
    where not is_renewal
),

arrivals as (
    select
        line_id,
        known_from_ordinal as known_ordinal,
        arrived_family as family
    from rights
    union all
    select
        line_id,
        known_to_ordinal as known_ordinal,
        replaced_family as family
    from rights
    union all
    select
        line_id,
        known_from_ordinal as known_ordinal,
        arrived_family as family
    from {{ ref('fct_option_progress') }}
    union all
    select
        option_line_id as line_id,
        known_from_ordinal as known_ordinal,
        arrived_family as family
    from renewed_fees
    union all
    select
        option_line_id as line_id,
        known_to_ordinal as known_ordinal,
        replaced_family as family
    from renewed_fees
),

closes as (
    select
        line_id,
        known_ordinal as known_from_ordinal,
        cast(lead(known_ordinal, 1, 999999) over (partition by line_id order by known_ordinal) as integer) as known_to_ordinal,
        max(family) as arrived_family,
        lead(max(family), 1, {{ family('contract') }}) over (partition by line_id order by known_ordinal) as replaced_family
    from arrivals
    where known_ordinal < 999999
    group by line_id, known_ordinal
),

int_rights__closes as (
    select
        closes.*,
        rights.allocated_amount,
        rights.from_date,
        rights.to_date
    from closes
    inner join rights
        on rights.line_id = closes.line_id
        and rights.known_from_ordinal <= closes.known_from_ordinal
        and rights.known_to_ordinal > closes.known_from_ordinal
)

select * from int_rights__closes
