-- One row per contract line that prices a meter or outcomes: the widest window that any close believed.
with

-- Terms that an event brings count once it is approved.
lines as (
    select lines.* replace ({{ counted_by('lines') }} as meter_id)
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    left join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = lines.modified_by_event_id
        and changes.contract_id = lines.contract_id
        and changes.approved_at is not null
    where
        -- overage that has a meter of its own is use like any other
        lines.line_kind in {{ counting_line_kinds() }}
        and {{ counted_by('lines') }} is not null
        and (lines.modified_by_event_id is null or changes.contract_event_id is not null)
    -- an event does not move a line to another meter: that is another line
    qualify
        lines.modified_by_event_id is null
        or {{ counted_by('lines') }} = first_value({{ counted_by('lines') }}) over (
            partition by lines.line_id
            order by case when lines.modified_by_event_id is null then 0 else 1 end, lines.recorded_at, lines.modified_by_event_id
        )
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

agreed as (
    select
        contracts.contract_id,
        max(coalesce({{ instant('effective_to', 'entities.time_zone', 'contracts') }}, timestamp '9999-12-31')) as to_at
    from {{ accepted(ref('stg_contracts')) }} as contracts
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = contracts.entity_id
    group by contracts.contract_id
),

int_usage_lines as (
    select
        lines.line_id,
        lines.meter_id,
        lines.contract_id,
        contracts.customer_id,
        contracts.entity_id,
        entities.time_zone,
        min({{ instant('service_start', 'entities.time_zone', 'lines') }}) as from_at,
        max(coalesce({{ instant('service_end', 'entities.time_zone', 'lines') }}, timestamp '9999-12-31')) as to_at,
        max(coalesce({{ instant('service_end', 'entities.time_zone', 'lines') }}, agreed.to_at)) as held_to_at,
        greatest(min(lines.recorded_at), min(contracts.recorded_at)) as known_from_at,
        max(coalesce(lines.known_until_at, timestamp '9999-12-31')) as known_until_at
    from lines
    inner join contracts on contracts.contract_id = lines.contract_id
    inner join agreed on agreed.contract_id = lines.contract_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = contracts.entity_id
    -- a sign-up made twice is one: its use finds the lines of the first
    left join {{ ref('fct_duplicate_sign_ups') }} as duplicates
        on duplicates.contract_id = lines.contract_id
        and duplicates.is_provably_same
    {{ join_known_period('known', 'contracts.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'contracts.entity_id', 'lines.known_until_at') }}
    where
        duplicates.contract_id is null
        -- replaced before the close that would have known it, a window never was
        and coalesce(replaced.period_ordinal, 999999) > coalesce(known.period_ordinal, 0)
    group by lines.line_id, lines.meter_id, lines.contract_id, contracts.customer_id, contracts.entity_id, entities.time_zone
)

select * from int_usage_lines
