-- One row per contract event whose stated change of price is not what its terms change (D12).
with

treatments as (
    select distinct
        contract_event_id,
        contract_id,
        entity_id,
        price_delta_amount
    from {{ ref('fct_modification_treatments') }}
    where known_to_ordinal = 999999
),

-- The bridge holds fees: an event that also adds lots or prices use is checked by nobody.
bridged as (
    select
        contract_event_id,
        sum(price_change_amount) as price_change_amount
    from {{ ref('fct_modification_bridge') }}
    where book = 'asc606'
    group by contract_event_id
    having not bool_or(is_open_ended) and not bool_or(ends_contract)
),

conceded as (
    select
        lines.added_by_event_id as contract_event_id,
        sum(fees.stated_amount) as amount
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = fees.line_id
    where
        fees.component = 'concession'
        and fees.known_to_ordinal = 999999
        and fees.is_latest_segment
    group by lines.added_by_event_id
),

other_lines as (
    select distinct changed.contract_event_id
    from {{ ref('fct_changed_terms') }} as changed
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = changed.line_id
    where
        changed.table_name = 'contract_lines'
        and (
            changed.not_applied_reason is not null
            or lines.line_id is null
            or lines.pattern in {{ patterns_without_fees() }}
        )
),

-- Two changes on one day are one segment: the bridge names the later.
alone as (
    select changes.contract_event_id
    from {{ ref('fct_contract_changes') }} as changes
    left join {{ ref('fct_contract_changes') }} as other
        on other.contract_id = changes.contract_id
        and other.contract_event_id <> changes.contract_event_id
        and cast(other.segment_from_at as date) = cast(changes.segment_from_at as date)
        and other.known_to_ordinal = 999999
    where other.contract_event_id is null
),

int_exceptions__price_deltas as (
    select
        'PRICE_DELTA_DIFFERS' as exception_code,
        'warn' as severity,
        treatments.entity_id,
        treatments.contract_id,
        treatments.contract_event_id as subject,
        cast(bridged.price_change_amount + coalesce(conceded.amount, 0) - treatments.price_delta_amount as decimal(38, 9)) as amount,
        contracts.currency,
        'The event says that the price changes by ' || cast(treatments.price_delta_amount as varchar) || ', its lines say '
        || cast(cast(bridged.price_change_amount + coalesce(conceded.amount, 0) as decimal(38, 9)) as varchar) || ': the lines count.' as message
    from treatments
    inner join bridged on bridged.contract_event_id = treatments.contract_event_id
    inner join alone on alone.contract_event_id = treatments.contract_event_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = treatments.contract_id
    left join conceded on conceded.contract_event_id = treatments.contract_event_id
    where
        treatments.contract_event_id not in (select contract_event_id from other_lines)
        and abs(bridged.price_change_amount + coalesce(conceded.amount, 0) - treatments.price_delta_amount)
        >= {{ from_minor_units('1', 'contracts.minor_unit_exponent') }}
)

select * from int_exceptions__price_deltas
