-- One row per option line and closes that expected so: the likelihood of its exercise, or the number of exercises.
with

options as (
    select distinct
        line_id,
        contract_id,
        entity_id,
        customer_id,
        customer_class,
        jurisdiction,
        product_id,
        inception_ordinal
    from {{ ref('int_options__terms') }}
),

-- All scenarios of one recording are one estimate.
stated as (
    select
        estimate_id,
        recorded_at,
        max(known_until_at) as known_until_at,
        min(scope_type) as scope_type,
        min(scope_id) as scope_id,
        min(value_unit) as value_unit,
        min(as_of_date) as as_of_date,
        case min(method)
            when 'most_likely' then cast(max_by(value, coalesce(probability, 1)) as decimal(38, 18))
            else cast({{ mean_of_scenarios('value', 'probability') }} as decimal(38, 18))
        end as expected_value
    from {{ accepted(ref('stg_estimates')) }}
    where
        kind = 'option_exercise'
        and book = '*'
        and value_unit in ('rate', 'units')
    group by estimate_id, recorded_at
),

{{ standing_estimates('stated') }},

applicable as (
    select
        options.line_id,
        estimates.estimate_id,
        estimates.recorded_at,
        estimates.as_of_date,
        estimates.value_unit,
        estimates.expected_value,
        {{ segment_nearness('estimates') }} as nearness,
        greatest(known.period_ordinal, coalesce(made.period_ordinal, known.period_ordinal)) as known_from_ordinal,
        coalesce(withdrawn.period_ordinal, 999999) as known_to_ordinal
    from options
    inner join versions as estimates
        on {{ segment_applies('estimates', 'options', {
            'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id',
            'customer_class': 'customer_class', 'entity': 'entity_id',
        }) }}
    {{ join_known_period('known', 'options.entity_id', 'estimates.recorded_at') }}
    {{ join_known_period('withdrawn', 'options.entity_id', 'estimates.withdrawn_at') }}
    {{ join_period_of_date('made', 'options.entity_id', 'estimates.as_of_date') }}
),

closes as (
    select
        line_id,
        inception_ordinal as known_ordinal
    from options
    union
    select
        line_id,
        known_from_ordinal as known_ordinal
    from applicable
    union
    select
        line_id,
        known_to_ordinal as known_ordinal
    from applicable
    where known_to_ordinal < 999999
),

in_force as (
    select
        closes.line_id,
        closes.known_ordinal,
        applicable.estimate_id,
        applicable.value_unit,
        applicable.expected_value
    from closes
    inner join options
        on options.line_id = closes.line_id
        and options.inception_ordinal <= closes.known_ordinal
    left join applicable
        on applicable.line_id = closes.line_id
        and applicable.known_from_ordinal <= closes.known_ordinal
        and applicable.known_to_ordinal > closes.known_ordinal
    qualify row_number() over (
        partition by closes.line_id, closes.known_ordinal
        order by applicable.nearness asc nulls last, applicable.as_of_date desc, applicable.recorded_at desc, applicable.estimate_id asc
    ) = 1
),

-- What is estimated again as before changes nothing.
changed as (
    select *
    from in_force
    window in_order as (partition by line_id order by known_ordinal)
    qualify
        row_number() over in_order = 1
        or value_unit is distinct from lag(value_unit) over in_order
        or expected_value is distinct from lag(expected_value) over in_order
),

fct_option_expectations as (
    select
        line_id,
        known_ordinal as known_from_ordinal,
        cast(lead(known_ordinal, 1, 999999) over (partition by line_id order by known_ordinal) as integer) as known_to_ordinal,
        estimate_id,
        value_unit,
        expected_value
    from changed
)

select * from fct_option_expectations
