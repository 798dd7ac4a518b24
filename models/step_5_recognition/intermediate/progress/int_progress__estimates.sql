-- One row per obligation earned by progress and version of an estimate of its whole: the closes that may count it.
{%- set scopes = [('line', 'line_id'), ('contract', 'contract_id'), ('customer', 'customer_id'), ('product', 'product_id'), ('entity', 'entity_id')] %}
with

lines as (
    select * from {{ ref('dim_obligation_lines') }}
    where pattern = 'progress'
),

withdrawn as (
    select
        estimate_id,
        recorded_at
    from {{ ref('stg_estimates') }}
    where row_state = 'accepted' and is_retracted
),

versions as (
    select
        estimates.estimate_id,
        estimates.kind,
        estimates.value_unit,
        estimates.scope_type,
        estimates.scope_id,
        estimates.recorded_at,
        estimates.as_of_date,
        case
            when count(*) = 1 then max(estimates.value)
            when min(estimates.method) = 'most_likely' then max_by(estimates.value, estimates.probability)
            else cast(sum(cast(estimates.probability as decimal(19, 9)) * cast(estimates.value as decimal(19, 9))) as decimal(38, 9))
        end as value,
        min(withdrawn.recorded_at) as withdrawn_at
    from {{ accepted(ref('stg_estimates')) }} as estimates
    left join withdrawn
        on withdrawn.estimate_id = estimates.estimate_id
        and withdrawn.recorded_at > estimates.recorded_at
    where
        estimates.kind in ('progress_total', 'uninstalled_cost')
        and estimates.book = '*'
    group by 1, 2, 3, 4, 5, 6, 7
),

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
