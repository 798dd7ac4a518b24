-- One row per contract event whose terms and what it says of itself do not agree, or do more than is applied (D12).
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

deltas as (
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
),

-- Of the header of a contract an event moves the end; nothing else of it changes revenue by an event.
headers as (
    select
        'HEADER_TERMS_NOT_APPLIED' as exception_code,
        'warn' as severity,
        changed.entity_id,
        changed.contract_id,
        changed.contract_id || ' / ' || changed.contract_event_id as subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        'The event changes more of the contract than its end (entity, currency, termination or payment terms): only the end is applied.' as message
    from {{ ref('fct_changed_terms') }} as changed
    inner join {{ accepted(ref('stg_contracts')) }} as rows_of_event on rows_of_event.input_row = changed.input_row
    inner join {{ accepted(ref('stg_contracts')) }} as first_agreed
        on first_agreed.contract_id = changed.contract_id
        and first_agreed.modified_by_event_id is null
        and first_agreed.known_until_at is null
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = changed.contract_id
    where
        changed.table_name = 'contracts'
        and changed.not_applied_reason is null
        and changed.known_to_ordinal = 999999
        and (
            rows_of_event.entity_id <> first_agreed.entity_id
            or rows_of_event.currency <> first_agreed.currency
            or coalesce(rows_of_event.termination_right <> coalesce(first_agreed.termination_right, ''), false)
            or coalesce(rows_of_event.termination_notice_days <> coalesce(first_agreed.termination_notice_days, 0), false)
            or coalesce(rows_of_event.termination_refund_kind <> coalesce(first_agreed.termination_refund_kind, ''), false)
            or coalesce(rows_of_event.payment_terms_days <> coalesce(first_agreed.payment_terms_days, 0), false)
        )
),

-- What an election asks for and the change of terms cannot be.
elections as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        changes.entity_id,
        changes.contract_id,
        changes.election_id || ' / ' || changes.line_id as subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        'The election on modification_treatment is not applied to this change: it is treated as ' || changes.treatment || ' (' || changes.rule_code || ').' as message
    from {{ ref('fct_line_modifications') }} as changes
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = changes.contract_id
    where
        changes.elected_treatment is not null
        and changes.rule_code <> 'D12.ELECTED'
        and changes.known_to_ordinal = 999999
),

-- A fee for terminating joins what the termination cut short: a contract of use alone has nothing it could join.
termination_fees as (
    select
        'TERMINATION_FEE_NOT_APPLIED' as exception_code,
        'warn' as severity,
        terminations.entity_id,
        terminations.contract_id,
        terminations.contract_event_id as subject,
        cast(contracts.termination_fee_amount as decimal(38, 9)) as amount,
        contracts.currency,
        'The contract was terminated early and no fee by days was cut short that its termination fee could join: the fee is not revenue yet.' as message
    from {{ ref('fct_terminations') }} as terminations
    inner join {{ ref('dim_contracts') }} as contracts
        on contracts.contract_id = terminations.contract_id
        and contracts.termination_fee_amount > 0
        and contracts.termination_refund_kind <> 'full'
    left join {{ ref('fct_allocated_fees') }} as fees
        on fees.contract_id = terminations.contract_id
        and fees.part_id like '%:' || terminations.contract_event_id
    where
        fees.contract_id is null
        and coalesce(terminations.effective_at < contracts.effective_to, true)
),

int_exceptions__modifications as (
    select * from deltas
    union all
    select * from termination_fees
    union all
    select * from headers
    union all
    select * from elections
)

select * from int_exceptions__modifications
