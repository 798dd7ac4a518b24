-- One row per obligation earned by progress and version of an estimate of its whole: the closes that may count it.
{%- set scopes = [('line', 'line_id'), ('contract', 'contract_id'), ('customer', 'customer_id'), ('product', 'product_id'), ('entity', 'entity_id')] %}
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

applicable as (
    {%- for scope_type, scope_id in scopes %}
        select distinct
            lines.obligation_id,
            lines.entity_id,
            versions.*,
            {{ loop.index }} as distance
        from lines
        inner join versions
            on versions.scope_type = '{{ scope_type }}'
            and versions.scope_id = lines.{{ scope_id }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

-- An estimate counts from the close that could know it and whose period it was made in (or before).
int_progress__estimates as (
    select
        applicable.obligation_id,
        applicable.estimate_id,
        applicable.kind,
        applicable.value_unit,
        applicable.value,
        applicable.distance,
        applicable.as_of_date,
        applicable.recorded_at,
        coalesce(made.period_ordinal, known.period_ordinal) as made_ordinal,
        greatest(known.period_ordinal, coalesce(made.period_ordinal, known.period_ordinal)) as known_from_ordinal,
        coalesce(withdrawal.period_ordinal, 999999) as withdrawn_ordinal
    from applicable
    {{ join_known_period('known', 'applicable.entity_id', 'applicable.recorded_at') }}
    {{ join_period_of_date('made', 'applicable.entity_id', 'applicable.as_of_date') }}
    {{ join_known_period('withdrawal', 'applicable.entity_id', 'applicable.withdrawn_at') }}
)

select * from int_progress__estimates
