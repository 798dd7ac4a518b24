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

given_up as (
    select
        events.source_system,
        events.credit_event_id,
        events.grant_id,
        events.occurred_at,
        lots.contract_id,
        changes.contract_event_id,
        cast(greatest(events.known_ordinal, changes.known_from_ordinal) as integer) as known_from_ordinal,
        cast(least(events.withdrawn_ordinal, changes.known_to_ordinal) as integer) as known_to_ordinal
    from {{ ref('int_credit_events__acting') }} as events
    inner join lots on lots.grant_id = events.grant_id
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
),

fees as (
    select
        lines.contract_id,
        lines.line_id,
        lines.recorded_at,
        lines.input_row,
        coalesce({{ instant('service_end', 'places.time_zone', 'lines') }}, places.effective_to) as ends_at,
        known.period_ordinal as known_ordinal,
        coalesce(withdrawn.period_ordinal, 999999) as withdrawn_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    {{ join_known_period('known', 'places.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('withdrawn', 'places.entity_id', 'lines.known_until_at') }}
    where
        lines.line_kind = 'fixed_fee'
        and lines.fixed_amount > 0
),

-- Each line as it was stated last when a close first believed both: what is agreed later was no consideration then.
remaining as (
    select
        given_up.*,
        fees.ends_at
    from given_up
    inner join fees
        on fees.contract_id = given_up.contract_id
        and fees.known_ordinal <= given_up.known_from_ordinal
        and fees.withdrawn_ordinal > given_up.known_from_ordinal
    qualify row_number() over (
        partition by given_up.source_system, given_up.credit_event_id, given_up.grant_id, fees.line_id
        order by fees.recorded_at desc, fees.input_row desc
    ) = 1
),

int_credit_events__forfeited as (
    select distinct
        source_system,
        credit_event_id,
        grant_id,
        contract_event_id,
        known_from_ordinal,
        known_to_ordinal
    from remaining
    where ends_at > occurred_at
)

select * from int_credit_events__forfeited
