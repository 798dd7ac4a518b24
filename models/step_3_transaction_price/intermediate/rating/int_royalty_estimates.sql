-- One row per royalty line, estimate of use that occurred and is not reported yet, and revision: what it adds to the charge until the use is reported (D13).
--
-- The exception waits for the use, not for the report of it: what has occurred is estimated (a `usage_forecast` whose window is past), and gives
-- way to the first report of that window that becomes known after it (E55).
with

stated as (
    select
        lines.line_id,
        lines.entity_id,
        lines.currency,
        estimates.estimate_id,
        estimates.value_unit,
        estimates.as_of_date,
        estimates.recorded_at,
        estimates.known_until_at,
        {{ instant('applies_from', 'entities.time_zone', 'estimates') }} as applies_from,
        {{ instant('applies_to', 'entities.time_zone', 'estimates') }} as applies_to,
        case
            when min(estimates.method) = 'most_likely' then max_by(estimates.value, coalesce(estimates.probability, 1))
            else cast({{ mean_of_scenarios('estimates.value', 'estimates.probability') }} as decimal(38, 9))
        end as value
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id
    inner join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'usage_forecast'
        and estimates.scope_type = 'line'
        and estimates.scope_id = lines.line_id
        and estimates.book = '*'
        and (estimates.value_unit = 'units' or estimates.value_unit = 'amount' and estimates.currency = lines.currency)
        and {{ local_from_utc(instant('applies_to', 'entities.time_zone', 'estimates'), 'entities.time_zone') }} <= cast(estimates.as_of_date + interval 1 day as timestamp)
    where lines.pattern = 'usage_as_rated' and lines.component = 'licence'
    group by all
),

{{ standing_estimates('stated') }},

{{ rates_of_usage_forecasts() }},

dated as (
    select
        versions.*,
        begun.period_ordinal as from_ordinal,
        ended.period_ordinal as service_ordinal,
        greatest(known.period_ordinal, made.period_ordinal) as known_ordinal,
        coalesce(withdrawn.period_ordinal, 9999999) as withdrawn_ordinal
    from versions
    {{ join_known_period('known', 'versions.entity_id', 'versions.recorded_at') }}
    {{ join_known_period('withdrawn', 'versions.entity_id', 'versions.withdrawn_at') }}
    {{ join_period_of_date('made', 'versions.entity_id', 'versions.as_of_date') }}
    {{ join_period_of('begun', 'versions.entity_id', 'versions.applies_from') }}
    {{ join_period_of('ended', 'versions.entity_id', "versions.applies_to - interval '1' second") }}
),

reported as (
    select
        dated.estimate_id,
        dated.recorded_at,
        min(usage.known_ordinal) as reported_ordinal
    from dated
    inner join {{ ref('fct_usage_by_period') }} as usage
        on usage.line_id = dated.line_id
        and usage.service_ordinal between dated.from_ordinal and dated.service_ordinal
        and usage.known_ordinal > dated.known_ordinal
    group by dated.estimate_id, dated.recorded_at
),

priced as (
    select
        dated.line_id,
        dated.currency,
        dated.service_ordinal,
        dated.known_ordinal * 10 + {{ family('estimate') }} as from_revision,
        least(
            dated.withdrawn_ordinal * 10 + {{ family('estimate') }},
            coalesce(reported.reported_ordinal * 10 + {{ family('usage') }}, 99999999),
            coalesce(lead(dated.known_ordinal * 10 + {{ family('estimate') }}) over (
                partition by dated.line_id, dated.applies_from, dated.applies_to order by dated.known_ordinal, dated.recorded_at
            ), 99999999),
            99999999
        ) as to_revision,
        case dated.value_unit
            when 'amount' then cast(dated.value as decimal(38, 18))
            else {{ share_by_weight('rates.rate_amount', 'dated.value', 'rates.rate_per_quantity') }}
        end as amount
    from dated
    left join reported
        on reported.estimate_id = dated.estimate_id
        and reported.recorded_at = dated.recorded_at
    left join rates
        on rates.estimate_id = dated.estimate_id
        and rates.recorded_at = dated.recorded_at
),

int_royalty_estimates as (
    select
        line_id,
        currency as unit_code,
        service_ordinal,
        case moves.sign when 1 then from_revision else to_revision end as revision,
        cast(moves.sign * amount as decimal(38, 18)) as amount
    from priced
    cross join (values (1), (-1)) as moves (sign)
    where
        amount is not null
        and to_revision > from_revision
        and (moves.sign = 1 or to_revision < 99999999)
)

select * from int_royalty_estimates
