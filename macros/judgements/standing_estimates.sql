{#
    CTEs that say until when each version of an estimate stands; the last is `versions`.

    stated: name of a CTE with a row per estimate_id and recorded_at, as_of_date and known_until_at.

    A later version does not end an earlier one: it counts from the period that it was made as of, and until then
    the one before it stands, also where one close learned of both. What ends without a next version is withdrawn,
    and all versions before it with it. `versions` has previous_recorded_at and withdrawn_at for known_until_at.
#}
{% macro standing_estimates(stated) -%}
ended as (
    select
        *,
        lag(recorded_at) over in_order as previous_recorded_at,
        lead(recorded_at) over in_order as replaced_at
    from {{ stated }}
    window in_order as (partition by estimate_id order by recorded_at)
),

versions as (
    select
        * exclude (known_until_at, replaced_at),
        min(case when known_until_at is distinct from replaced_at then known_until_at end) over (
            partition by estimate_id order by recorded_at rows between current row and unbounded following
        ) as withdrawn_at
    from ended
)
{%- endmacro %}

{#
    The CTE `dated`: the closes that may count an estimate for the subject that it is about.

    applicable: name of a CTE with entity_id, recorded_at, as_of_date and withdrawn_at; every column passes on. An
    estimate counts from the close that could know it and whose period it was made in (or before).
#}
{% macro estimates_by_close(applicable) -%}
dated as (
    select
        {{ applicable }}.*,
        coalesce(made.period_ordinal, known.period_ordinal) as made_ordinal,
        greatest(known.period_ordinal, coalesce(made.period_ordinal, known.period_ordinal)) as known_from_ordinal,
        coalesce(withdrawal.period_ordinal, 999999) as withdrawn_ordinal
    from {{ applicable }}
    {{ join_known_period('known', applicable ~ '.entity_id', applicable ~ '.recorded_at') }}
    {{ join_period_of_date('made', applicable ~ '.entity_id', applicable ~ '.as_of_date') }}
    {{ join_known_period('withdrawal', applicable ~ '.entity_id', applicable ~ '.withdrawn_at') }}
)
{%- endmacro %}

{#-
    Rows of a relation, each with the versions of estimates whose scope it is in.

    subjects: relation. columns: those of it that pass on. scopes: scope type -> column that holds its id (none: it has
    no id), nearest first; `distance` counts them.
-#}
{% macro versions_in_scope(subjects, columns, scopes) -%}
    {%- for scope_type, scope_id in scopes.items() %}
        select
            {%- for column in columns %}
                subjects.{{ column }},
            {%- endfor %}
            versions.*,
            {{ loop.index }} as distance
        from {{ subjects }} as subjects
        inner join versions
            on versions.scope_type = '{{ scope_type }}'
            {%- if scope_id %}
                and versions.scope_id = subjects.{{ scope_id }}
            {%- endif %}
        {%- if not loop.last %}
        union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#-
    Statements of estimates with the closes that may count them: what waits for a review is not among them (D7).

    statements: relation with estimate_id, recorded_at and the column that names its subjects.
-#}
{% macro visible_estimates(statements, subject_type, subject_id) -%}
    select
        statements.*,
        visible.visible_from_ordinal,
        visible.visible_to_ordinal
    from {{ statements }} as statements
    inner join {{ ref('int_estimates__visible') }} as visible
        on visible.subject_type = '{{ subject_type }}'
        and visible.subject_id = statements.{{ subject_id }}
        and visible.estimate_id = statements.estimate_id
        and visible.recorded_at = statements.recorded_at
{%- endmacro %}

{#- The order in which estimates of one subject count: the narrowest scope, then the one made last. -#}
{% macro nearest_estimate(estimates) -%}
    {{ estimates }}.distance asc, {{ estimates }}.made_ordinal desc, {{ estimates }}.recorded_at desc, {{ estimates }}.estimate_id asc
{%- endmacro %}

{#- Name of the forecast that history gives of a line at one close. -#}
{% macro forecast_id(forecast) -%}
    'history of ' || {{ forecast }}.line_id || ' at ' || cast({{ forecast }}.close_ordinal as varchar)
{%- endmacro %}

{#-
    The CTE `rates`, one row per version of a forecast of the units of a line (estimate_id, recorded_at) and line: what a unit of it costs.

    It is the plain rate that holds at the end of the forecast's window as the close knew it that first knew the forecast: a price
    that is learned later asks for a new forecast. Prices of one id may hold at once: the one that began last goes first.
#}
{% macro rates_of_usage_forecasts() -%}
rates as (
    select
        estimates.estimate_id,
        estimates.recorded_at,
        lines.line_id,
        prices.rate_amount,
        prices.rate_per_quantity
    from {{ accepted(ref('stg_estimates')) }} as estimates
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = estimates.scope_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id
    {{ join_known_period('known', 'lines.entity_id', 'estimates.recorded_at') }}
    inner join {{ ref('int_price_tiers') }} as prices
        on prices.price_id = lines.price_id
        and prices.entity_id = lines.entity_id
        and prices.unit_code = lines.currency
        and prices.is_plain_rate
        and prices.known_from_ordinal <= known.period_ordinal
        and prices.known_to_ordinal > known.period_ordinal
        and prices.valid_from_at < coalesce({{ instant('applies_to', 'entities.time_zone', 'estimates') }}, timestamp '9999-12-31')
        and prices.valid_to_at >= coalesce({{ instant('applies_to', 'entities.time_zone', 'estimates') }}, timestamp '0001-01-01')
    where
        estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
        and estimates.scope_type = 'line'
    qualify row_number() over (
        partition by estimates.estimate_id, estimates.recorded_at
        order by prices.valid_from_at desc, prices.recorded_at desc, prices.price_version_number desc
    ) = 1
)
{%- endmacro %}
