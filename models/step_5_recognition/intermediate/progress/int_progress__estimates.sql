-- One row per obligation earned by progress and version of an estimate of its whole: the closes that may count it.
with

lines as (
    select * from {{ ref('dim_obligation_lines') }}
    where pattern = 'progress'
),

-- A forecast of the use of a minimum that is earned with its overage is the whole of its measure.
recorded as (
    select *
    from {{ accepted(ref('stg_estimates')) }}
    where kind in ('progress_total', 'uninstalled_cost')
    union all by name
    select
        estimates.* replace (
            'progress_total' as kind,
            uses.minimum_line_id as scope_id
        )
    from {{ accepted(ref('stg_estimates')) }} as estimates
    inner join (
        select distinct
            minimum_line_id,
            line_id
        from {{ ref('fct_minimum_uses') }}
        where is_by_progress
        union
        select
            minimum_line_id,
            minimum_line_id as line_id
        from {{ ref('fct_minimum_uses') }}
        where is_by_progress
    ) as uses on uses.line_id = estimates.scope_id
    where
        estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
        and estimates.scope_type = 'line'
),

stated as (
    select
        estimate_id,
        kind,
        value_unit,
        scope_type,
        scope_id,
        recorded_at,
        as_of_date,
        min(currency) as currency,
        min(known_until_at) as known_until_at,
        case
            when count(*) = 1 then max(value)
            when min(method) = 'most_likely' then max_by(value, probability)
            else cast({{ mean_of_scenarios('value', 'probability') }} as decimal(38, 9))
        end as value
    from recorded
    where book = '*'
    group by estimate_id, kind, value_unit, scope_type, scope_id, recorded_at, as_of_date
),

{{ standing_estimates('stated') }},

in_scope as (
    {{ versions_in_scope('lines', ['obligation_id', 'entity_id', 'currency as priced_in'], {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id',
    }) }}
),

applicable as (
    select distinct * exclude (currency, priced_in)
    from in_scope
    where value_unit <> 'amount' or currency = priced_in
),

{{ estimates_by_close('applicable') }},

int_progress__estimates as (
    select
        obligation_id,
        estimate_id,
        kind,
        value_unit,
        value,
        distance,
        as_of_date,
        recorded_at,
        made_ordinal,
        known_from_ordinal,
        withdrawn_ordinal
    from dated
)

select * from int_progress__estimates
