-- One row per event that takes paid units away from a lot on the day on which changed terms of its contract begin: the closes that believed both.
--
-- What was paid for them is consideration for what the contract still promises, no breakage (D12; ASC 606-10-25-13(a), IFRS 15.21(a)),
-- where a fee is agreed for days to come.
with

lots as (
    select
        grants.grant_id,
        grants.contract_id,
        places.time_zone
    from {{ ref('int_credit_grants__placed') }} as grants
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = grants.contract_id
    where
        grants.not_drawn_reason is null
        and grants.treatment in ('UNITS_PROPORTIONAL', 'UNITS_DELIVERED', 'SHARES_PRICE')
        and not grants.is_refundable
),

-- Each line as it was stated last.
fees as (
    select
        lines.contract_id,
        coalesce({{ instant('service_end', 'places.time_zone', 'lines') }}, places.effective_to) as ends_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    where
        lines.line_kind = 'fixed_fee'
        and lines.fixed_amount > 0
        and lines.known_until_at is null
    qualify row_number() over (partition by lines.line_id order by lines.recorded_at desc, lines.input_row desc) = 1
),

terms as (
    select
        contract_id,
        max(ends_at) as last_fee_ends_at
    from fees
    group by contract_id
),

int_credit_events__forfeited as (
    select
        events.source_system,
        events.credit_event_id,
        events.grant_id,
        changes.contract_event_id,
        cast(greatest(events.known_ordinal, changes.known_from_ordinal) as integer) as known_from_ordinal,
        cast(least(events.withdrawn_ordinal, changes.known_to_ordinal) as integer) as known_to_ordinal
    from {{ ref('int_credit_events__acting') }} as events
    inner join lots on lots.grant_id = events.grant_id
    inner join terms
        on terms.contract_id = lots.contract_id
        and terms.last_fee_ends_at > events.occurred_at
    inner join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_id = lots.contract_id
        and changes.event_kind = 'modified'
        and cast({{ local_from_utc('changes.segment_from_at', 'lots.time_zone') }} as date) = cast({{ local_from_utc('events.occurred_at', 'lots.time_zone') }} as date)
    where
        events.kind = 'void'
        and greatest(events.known_ordinal, changes.known_from_ordinal) < least(events.withdrawn_ordinal, changes.known_to_ordinal)
    -- of two changes on one day the one known first
    qualify row_number() over (
        partition by events.source_system, events.credit_event_id, events.grant_id
        order by changes.known_from_ordinal, changes.contract_event_id
    ) = 1
)

select * from int_credit_events__forfeited
