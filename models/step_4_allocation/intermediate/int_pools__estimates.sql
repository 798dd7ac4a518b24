-- One row per usage line of a contract whose discount is spread over its use, and close: the forecast of its use then in force.
--
-- Only use that the contract as a whole expects can share its price.
with

lines as (
    select
        lines.line_id,
        lines.obligation_id,
        lines.contract_id,
        lines.entity_id,
        lines.currency,
        lines.price_id,
        {{ instant('service_start', 'contracts.time_zone', 'stated') }} as starts_at,
        coalesce({{ instant('service_end', 'contracts.time_zone', 'stated') }}, contracts.effective_to) as ends_at,
        coalesce(stated.discount_rate, 0) as discount_rate,
        contracts.time_zone
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('int_pools') }} as pools
        on pools.contract_id = lines.contract_id
        and pools.variable_choice <> 'specific'
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    inner join {{ accepted(ref('stg_contract_lines')) }} as stated
        on stated.line_id = lines.line_id
        and stated.modified_by_event_id is not distinct from lines.added_by_event_id
    {{ join_known_period('first_known', 'lines.entity_id', 'stated.recorded_at') }}
    where
        lines.pattern in {{ patterns_by_count() }}
        -- a royalty shares as it becomes known
        and lines.line_id not in (select royalties.line_id from {{ ref('int_pools__royalty_lines') }} as royalties)
    -- as first agreed: the proportions of inception stand
    {{ as_first_known('lines.line_id', 'stated') }}
),

-- A forecast for a contract is that of its only usage line.
only_lines as (
    select contract_id
    from lines
    group by contract_id
    having count(*) = 1
),

versions as (
    select distinct
        estimate_id,
        recorded_at
    from {{ accepted(ref('stg_estimates')) }}
    where kind = 'usage_forecast'
),

-- A re-estimate counts from the period that it was made as of: until then the estimate before it stands.
scenarios as (
    select
        estimates.* replace (
            {{ instant('applies_from', 'lines.time_zone', 'estimates') }} as applies_from,
            {{ instant('applies_to', 'lines.time_zone', 'estimates') }} as applies_to
        ),
        lines.line_id,
        lines.entity_id,
        lines.starts_at,
        case estimates.scope_type when 'line' then 1 else 2 end as nearness,
        greatest(known.period_ordinal, made.period_ordinal) as known_from_ordinal,
        case when versions.estimate_id is null then coalesce(withdrawn.period_ordinal, 999999) else 999999 end as known_to_ordinal
    from {{ accepted(ref('stg_estimates')) }} as estimates
    left join versions
        on versions.estimate_id = estimates.estimate_id
        and versions.recorded_at = estimates.known_until_at
    inner join lines
        on estimates.scope_type = 'line' and lines.line_id = estimates.scope_id
        or estimates.scope_type = 'contract' and lines.contract_id = estimates.scope_id and lines.contract_id in (select contract_id from only_lines)
    {{ join_known_period('known', 'lines.entity_id', 'estimates.recorded_at') }}
    {{ join_known_period('withdrawn', 'lines.entity_id', 'estimates.known_until_at') }}
    {{ join_period_of_date('made', 'lines.entity_id', 'estimates.as_of_date') }}
    where
        estimates.kind = 'usage_forecast'
        and estimates.value_unit = 'units'
        and estimates.book = '*'
        and coalesce({{ instant('applies_to', 'lines.time_zone', 'estimates') }} >= lines.ends_at, true)
),

estimated as (
    select
        line_id,
        entity_id,
        estimate_id,
        nearness,
        starts_at,
        applies_from,
        as_of_date,
        recorded_at,
        known_from_ordinal,
        known_to_ordinal,
        coalesce(
            max(constrained_value),
            case min(method)
                when 'most_likely' then max_by(value, coalesce(probability, 1))
                else cast({{ mean_of_scenarios('value', 'probability') }} as decimal(38, 9))
            end
        ) as value
    from scenarios
    where known_from_ordinal < known_to_ordinal
    group by all
),

closes as (
    select
        line_id,
        known_from_ordinal as as_of_ordinal
    from estimated
    union
    select
        line_id,
        known_to_ordinal as as_of_ordinal
    from estimated
    where known_to_ordinal < 999999
),

int_pools__estimates as (
    select
        lines.* exclude (entity_id, starts_at),
        closes.as_of_ordinal,
        estimated.* exclude (line_id)
    from closes
    inner join lines on lines.line_id = closes.line_id
    inner join estimated
        on estimated.line_id = closes.line_id
        and estimated.known_from_ordinal <= closes.as_of_ordinal
        and estimated.known_to_ordinal > closes.as_of_ordinal
    qualify row_number() over (
        partition by closes.line_id, closes.as_of_ordinal
        order by estimated.nearness asc, estimated.as_of_date desc, estimated.recorded_at desc, estimated.estimate_id asc
    ) = 1
)

select * from int_pools__estimates
