-- One row per contract event that does more to a contract than is applied, and election that a change of terms does not follow (D12).
with

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
        and terminations.withdrawn_ordinal = 999999
        and coalesce(terminations.effective_at < contracts.effective_to, true)
),

-- What a change cuts, and what remains after it, is measured by days.
conventions as (
    select distinct
        'RATABLE_CONVENTION_NOT_KEPT' as exception_code,
        'warn' as severity,
        fees.entity_id,
        fees.contract_id,
        fees.line_id as subject,
        cast(null as decimal(38, 9)) as amount,
        fees.currency,
        'Terms changed: the fee passes by days from the change on, not by ' || lines.ratable_convention || ', and what that moves is caught up.' as message
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = fees.line_id
        and lines.ratable_convention is not null
    where
        fees.is_modified
        and fees.known_to_ordinal = 999999
),

-- Units that are distinct go on at a new price each; those of work reported in units are measured anew as one whole.
units_as_work as (
    select
        'UNITS_MEASURED_AS_WORK' as exception_code,
        'warn' as severity,
        changes.entity_id,
        changes.contract_id,
        changes.contract_event_id || ' / ' || changes.line_id as subject,
        cast(null as decimal(38, 9)) as amount,
        lines.currency,
        'Terms changed of a fee for units each promised by itself whose use is reported as progress: the change is caught up in what was delivered, where what remains should have a new price.' as message
    from {{ ref('fct_line_modifications') }} as changes
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = changes.line_id
    where
        changes.treatment = 'CATCHUP'
        and lines.nature = 'units'
        and changes.known_to_ordinal = 999999
),

int_exceptions__modifications as (
    select * from termination_fees
    union all
    select * from headers
    union all
    select * from elections
    union all
    select * from conventions
    union all
    select * from units_as_work
)

select * from int_exceptions__modifications
