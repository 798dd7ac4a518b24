-- One row per line received in kind and fair value that may be its own: the closes that believe it, and how near it is (D16; ASC 606-10-32-21, IFRS 15.66).
--
-- A later value stands beside an earlier one; one for the same date corrects it.
with

lines as (
    select distinct
        lines.line_id,
        lines.contract_id,
        contracts.customer_id,
        contracts.entity_id,
        contracts.currency
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    where lines.line_kind = 'noncash' and lines.modified_by_event_id is null
),

versions as (
    select
        estimate_id,
        scope_type,
        scope_id,
        as_of_date,
        recorded_at,
        min(currency) as currency,
        max(known_until_at) as known_until_at,
        case min(method)
            when 'expected_value' then {{ mean_of_scenarios('value', 'probability') }}
            else max_by(value, coalesce(probability, 1))
        end as fair_value
    from {{ accepted(ref('stg_estimates')) }}
    where kind = 'noncash_fair_value' and value_unit = 'amount' and book = '*'
    group by estimate_id, scope_type, scope_id, as_of_date, recorded_at
),

-- What withdraws the last value withdraws those before it.
streams as (
    select
        *,
        min(case when is_last then known_until_at end) over (
            partition by estimate_id order by recorded_at rows between current row and unbounded following
        ) as withdrawn_at
    from (
        select
            *,
            coalesce(known_until_at <> lead(recorded_at) over (partition by estimate_id order by recorded_at), known_until_at is not null) as is_last
        from versions
    ) as compared
),

int_price_parts__noncash_values as (
    select
        lines.line_id,
        versions.* exclude (currency),
        case versions.scope_type when 'line' then 1 when 'contract' then 2 when 'customer' then 3 when 'entity' then 4 else 5 end as nearness,
        greatest(known.period_ordinal, made.period_ordinal) as known_ordinal,
        coalesce(withdrawn.period_ordinal, 999999) as withdrawn_ordinal
    from lines
    inner join streams as versions
        on versions.currency = lines.currency
        and (
            versions.scope_type = 'global'
            or versions.scope_type = 'entity' and versions.scope_id = lines.entity_id
            or versions.scope_type = 'customer' and versions.scope_id = lines.customer_id
            or versions.scope_type = 'contract' and versions.scope_id = lines.contract_id
            or versions.scope_type = 'line' and versions.scope_id = lines.line_id
        )
    {{ join_known_period('known', 'lines.entity_id', 'versions.recorded_at') }}
    {{ join_period_of_date('made', 'lines.entity_id', 'versions.as_of_date') }}
    {{ join_known_period('withdrawn', 'lines.entity_id', 'versions.withdrawn_at') }}
)

select * from int_price_parts__noncash_values
