-- One row per version of a forecast of the charges that count towards a minimum, and scenario: what is expected of them in an interval (section 3.4).
--
-- It is about the minimum, its only use (in units at its one rate, too), or a contract of one minimum; for all intervals of its window alike, and of no more than the
-- minimum: what exceeds that is overage. Without a window it is for what remains of a minimum of one interval.
{%- set from_date = 'cast(' ~ local_from_utc(instant('applies_from', 'minimums.time_zone', 'estimates'), 'minimums.time_zone') ~ ' as date)' %}
{%- set to_date = 'cast(' ~ local_from_utc(instant('applies_to', 'minimums.time_zone', 'estimates'), 'minimums.time_zone') ~ ' as date)' %}
with

single_uses as (
    select
        minimum_line_id,
        min(line_id) as line_id
    from {{ ref('fct_minimum_uses') }}
    where line_kind = 'usage'
    group by minimum_line_id
    having count(*) = 1
),

minimums as (
    select
        lines.line_id,
        case when count(*) over (partition by lines.contract_id) = 1 then lines.contract_id end as contract_id,
        single_uses.line_id as use_line_id,
        lots.unit_code,
        lots.interval_units,
        lots.lot_count,
        lots.interval_days,
        entities.time_zone
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id
    inner join (
        select
            line_id,
            min(unit_code) as unit_code,
            min(units) as interval_units,
            count(*) as lot_count,
            max({{ days_between('cast(effective_at as date)', 'cast(expires_at as date)') }}) as interval_days
        from {{ ref('fct_credit_lots') }}
        where version_number = 1 and consideration > 0
        group by line_id
    ) as lots on lots.line_id = lines.line_id
    left join single_uses on single_uses.minimum_line_id = lines.line_id
    where lines.line_kind = 'minimum_commitment'
),

{{ rates_of_usage_forecasts() }},

stated as (
    select
        minimums.line_id,
        minimums.interval_units,
        minimums.interval_days,
        estimates.estimate_id,
        estimates.scenario_no,
        estimates.method,
        estimates.probability,
        estimates.as_of_date,
        {{ from_date }} as applies_from_date,
        {{ to_date }} as applies_to_date,
        {{ days_between(from_date, to_date) }} as window_days,
        estimates.recorded_at,
        estimates.known_until_at,
        {%- for column in ['value', 'constrained_value'] %}
            case estimates.value_unit
                when 'amount' then estimates.{{ column }}
                else cast({{ share_by_weight('rates.rate_amount', 'estimates.' ~ column, 'rates.rate_per_quantity') }} as decimal(38, 9))
            end as {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from minimums
    inner join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'usage_forecast'
        and estimates.book = '*'
        and (
            estimates.scope_type = 'line' and estimates.scope_id in (minimums.line_id, minimums.use_line_id)
            or estimates.scope_type = 'contract' and estimates.scope_id = minimums.contract_id
        )
    left join rates
        on rates.estimate_id = estimates.estimate_id
        and rates.recorded_at = estimates.recorded_at
        and rates.line_id = minimums.use_line_id
    where
        (
            estimates.value_unit = 'amount' and estimates.currency = minimums.unit_code
            or estimates.value_unit = 'units' and rates.line_id is not null
        )
        and (
            estimates.applies_from is null and estimates.applies_to is null and minimums.lot_count = 1
            or {{ days_between(from_date, to_date) }} >= minimums.interval_days
        )
),

-- A window of several intervals, of which months differ in days.
counted as (
    select
        *,
        cast(greatest(coalesce({{ int_div('2 * window_days + interval_days', '2 * interval_days') }}, 1), 1) as decimal(38, 9)) as interval_count
    from stated
),

int_breakage__charge_forecasts as (
    select
        line_id,
        estimate_id,
        scenario_no,
        method,
        probability,
        as_of_date,
        applies_from_date,
        applies_to_date,
        window_days is null as is_for_the_rest,
        recorded_at,
        known_until_at,
        {%- for name, column in [('expected', 'value'), ('constrained', 'constrained_value')] %}
            cast(case
                when window_days is null then {{ column }}
                when {{ column }} is not null then least({{ share_by_weight(column, '1', 'interval_count') }}, interval_units)
            end as decimal(38, 9)) as {{ name }}_units{% if not loop.last %},{% endif %}
        {%- endfor %}
    from counted
)

select * from int_breakage__charge_forecasts
