-- One row per change of terms, or row of one, that is not applied as it stands.
with

modifications as (
    select
        case when treatments.outcome = 'PENDING' then 'MODIFICATION_PENDING' else 'EVENT_NOT_APPLIED' end as exception_code,
        'warn' as severity,
        treatments.entity_id,
        treatments.contract_id,
        treatments.contract_event_id as subject,
        treatments.price_delta_amount as amount,
        contracts.currency,
        case treatments.rule_code
            when 'D12.NOT_APPROVED' then 'The change of terms is not approved: the terms before it go on.'
            when 'D12.PRICE_NOT_DETERMINED' then 'The change of terms has no agreed price (price_delta_amount is empty), and at a fee per interval more time cannot be had without one: the terms before it go on until the fee is estimated (variable_consideration, scope contract_event).'
            else 'No terms that hold come with the contract event ' || treatments.event_kind || ': the terms before it go on.'
        end as message
    from {{ ref('fct_modification_treatments') }} as treatments
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = treatments.contract_id
    where
        treatments.outcome in ('PENDING', 'NOT_APPLIED')
        and treatments.known_to_ordinal = 999999
),

-- What holds of an event and what does not is said row by row, but not twice for an event that waits as a whole.
changed_terms as (
    select
        'CHANGED_TERMS_NOT_APPLIED' as exception_code,
        'warn' as severity,
        changed.entity_id,
        changed.contract_id,
        coalesce(changed.line_id, changed.contract_id) || ' / ' || changed.contract_event_id as subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        case changed.not_applied_reason
            when 'NO_SUCH_EVENT' then 'The row cites a contract event that is not there, or not one that changes terms: the terms before it go on.'
            when 'OTHER_CONTRACT' then 'The row cites an event of another contract: the terms before it go on.'
            when 'OTHER_PROMISE' then 'The row changes the contract, kind, product or meter of the line: end the line and add a new one. The terms before it go on.'
            else 'The fee has no agreed price yet (price_delta_amount of the event is empty): the terms before it go on.'
        end as message
    from {{ ref('fct_changed_terms') }} as changed
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = changed.contract_id
    left join {{ ref('fct_modification_treatments') }} as treatments
        on treatments.contract_event_id = changed.contract_event_id
        and treatments.outcome = 'PENDING'
    where
        changed.not_applied_reason is not null
        and changed.known_to_ordinal = 999999
        and treatments.contract_event_id is null
),

-- Use before approval keeps the price it was agreed at; what is billed for it otherwise is somebody's decision.
back_dated as (
    select
        'BACK_DATED_PRICE' as exception_code,
        'warn' as severity,
        changed.entity_id,
        changed.contract_id,
        changed.line_id || ' / ' || changed.contract_event_id as subject,
        cast(null as decimal(38, 9)) as amount,
        lines.currency,
        'The change of a price of usage takes effect before it was approved: use before approval keeps the earlier price in revenue. Whether what is credited for it is a price concession has to be decided.' as message
    from {{ ref('fct_changed_terms') }} as changed
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = changed.line_id
        and lines.pattern in {{ patterns_by_count() }}
    inner join {{ accepted(ref('stg_contract_lines')) }} as first_agreed
        on first_agreed.line_id = changed.line_id
        and first_agreed.modified_by_event_id is null
        and first_agreed.known_until_at is null
    where
        changed.not_applied_reason is null
        and changed.known_to_ordinal = 999999
        and changed.effective_at < changed.segment_from_at
),

-- The scope holds, and nobody says what it will cost.
not_expected as (
    select
        'MODIFICATION_PENDING' as exception_code,
        'warn' as severity,
        unpriced.entity_id,
        unpriced.contract_id,
        unpriced.contract_event_id as subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        'The change of scope has no agreed price (price_delta_amount is empty) and nobody estimated it: it holds at no added price. Estimate the fee (variable_consideration, scope contract_event; where the event states several fees, scope line).' as message
    from {{ ref('fct_unpriced_terms') }} as unpriced
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = unpriced.contract_id
    where
        unpriced.estimate_id is null
        and unpriced.known_to_ordinal = 999999
    group by unpriced.entity_id, unpriced.contract_id, unpriced.contract_event_id, contracts.currency
),

int_exceptions__changed_terms as (
    select * from modifications
    union all
    select * from not_expected
    union all
    select * from changed_terms
    union all
    select * from back_dated
)

select * from int_exceptions__changed_terms
