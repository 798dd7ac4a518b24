-- One row per fee interval of a line that exercises a material right: how long and for how much, and the closes that believed so.
with

terms as (
    select * from {{ ref('fct_options') }}
    where outcome = 'MATERIAL_RIGHT' or measure = 'set_up'
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

-- The service goes on under its own line: what lies beyond the terms first agreed is a renewal too.
extended as (
    select
        terms.line_id as option_line_id,
        lines.line_id,
        terms.initial_to_date as from_date,
        1 as counts_from_ordinal,
        999999 as counts_to_ordinal
    from terms
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.contract_id = terms.contract_id
        and lines.product_id = terms.renewed_product_id
        and lines.pattern = 'ratable_by_day'
    left join {{ ref('fct_option_exercises') }} as exercises on exercises.line_id = lines.line_id
    where
        terms.measure = 'look_through'
        and exercises.line_id is null
),

exercising as (
    select
        option_line_id,
        line_id,
        cast(null as date) as from_date,
        counts_from_ordinal,
        counts_to_ordinal
    from {{ ref('fct_option_exercises') }}
    union all
    select * from extended
    union all
    -- each interval of the service that a set-up fee opened
    select
        line_id as option_line_id,
        service_line_id as line_id,
        cast(null as date) as from_date,
        1 as counts_from_ordinal,
        999999 as counts_to_ordinal
    from terms
    where measure = 'set_up'
),

int_option_exercises__intervals as (
    select
        exercises.option_line_id,
        exercises.line_id,
        fees.interval_number,
        fees.amount_interval,
        fees.quantity,
        fees.from_date,
        fees.to_date,
        fees.segment_is_open,
        greatest(fees.known_from_ordinal, exercises.counts_from_ordinal) as known_from_ordinal,
        least(fees.known_to_ordinal, exercises.counts_to_ordinal) as known_to_ordinal,
        case when exercises.counts_from_ordinal > fees.known_from_ordinal then {{ family('contract') }} else fees.arrived_family end as arrived_family,
        case when exercises.counts_to_ordinal < fees.known_to_ordinal then {{ family('contract') }} else fees.replaced_family end as replaced_family
    from {{ ref('fct_fee_intervals') }} as fees
    inner join exercising as exercises
        on exercises.line_id = fees.line_id
        and fees.from_date >= coalesce(exercises.from_date, fees.from_date)
    where
        fees.is_latest_segment
        and fees.component = 'fee'
        and greatest(fees.known_from_ordinal, exercises.counts_from_ordinal) < least(fees.known_to_ordinal, exercises.counts_to_ordinal)
)

select * from int_option_exercises__intervals
