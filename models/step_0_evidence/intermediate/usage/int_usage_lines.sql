-- One row per contract line that prices a meter: the widest window any version of it ever had.
with

lines as (
    select * from {{ accepted(ref('stg_contract_lines')) }}
    where line_kind = 'usage' and modified_by_event_id is null
),

contracts as (
    select
        contract_id,
        customer_id,
        entity_id,
        min(recorded_at) as recorded_at
    from {{ accepted(ref('stg_contracts')) }}
    where modified_by_event_id is null
    group by contract_id, customer_id, entity_id
    qualify row_number() over (partition by contract_id order by min(recorded_at)) = 1
),

int_usage_lines as (
    select
        lines.line_id,
        lines.meter_id,
        lines.contract_id,
        contracts.customer_id,
        contracts.entity_id,
        min({{ instant('service_start', 'entities.time_zone', 'lines') }}) as from_at,
        max(coalesce({{ instant('service_end', 'entities.time_zone', 'lines') }}, timestamp '9999-12-31')) as to_at,
        greatest(min(lines.recorded_at), min(contracts.recorded_at)) as known_from_at,
        max(coalesce(lines.known_until_at, timestamp '9999-12-31')) as known_until_at
    from lines
    inner join contracts on contracts.contract_id = lines.contract_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = contracts.entity_id
    group by lines.line_id, lines.meter_id, lines.contract_id, contracts.customer_id, contracts.entity_id
)

select * from int_usage_lines
