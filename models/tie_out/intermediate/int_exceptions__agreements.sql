-- One row per agreement, part of one, or product of some that is not recognised as it stands.
with

unsupported as (
    select
        'LINE_NOT_RECOGNISED' as exception_code,
        'warn' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.line_id as subject,
        lines.fixed_amount as amount,
        lines.currency,
        case
            when lines.line_kind = 'included_credits' and lines.product_id is null
                then 'Included credits without a product have no unit: name a product with unit_code, or give the lots as credit_grants. Nothing of the line is posted.'
            when lines.line_kind = 'included_credits' and products.unit_code is null
                then 'The product of these included credits has no unit_code, so no use can draw them: give it, or the lots as credit_grants. Nothing of the line is posted.'
            else 'No pattern recognises a line of kind ' || lines.line_kind || ' on a product of kind ' || coalesce(lines.product_kind, 'none') || ' yet: nothing of it is posted.'
        end as message
    from {{ ref('fct_unsupported_lines') }} as lines
    left join {{ ref('dim_products') }} as products on products.product_id = lines.product_id
    -- what only moves the price promises nothing
    where lines.line_kind not in ('payable_to_customer', 'noncash')
),

other_events as (
    select
        'EVENT_NOT_APPLIED' as exception_code,
        'warn' as severity,
        contracts.entity_id,
        events.contract_id,
        events.contract_event_id as subject,
        events.price_delta_amount as amount,
        contracts.currency,
        'The contract event ' || events.event_kind || ' is not applied in this version: the terms before it go on.' as message
    from {{ accepted(ref('stg_contract_events')) }} as events
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = events.contract_id
    where
        events.event_kind not in ('executed', 'ratified', 'terminated', 'modified', 'renewed', 'credit_deterioration')
        and events.known_until_at is null
),

-- A delivery refused or sent back takes nothing back yet.
deliveries as (
    select
        'DELIVERY_NOT_APPLIED' as exception_code,
        'warn' as severity,
        deliveries.entity_id,
        deliveries.contract_id,
        deliveries.line_id as subject,
        cast(null as decimal(38, 9)) as amount,
        lines.currency,
        'A delivery of this line was ' || min(deliveries.kind) || ': what was recognised of it goes on.' as message
    from {{ ref('fct_deliveries') }} as deliveries
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = deliveries.line_id
    where
        deliveries.kind in ('rejected', 'returned')
        and deliveries.withdrawn_ordinal is null
    group by deliveries.entity_id, deliveries.contract_id, deliveries.line_id, lines.currency
),

no_contract as (
    select
        'NO_CONTRACT' as exception_code,
        'warn' as severity,
        gates.entity_id,
        gates.contract_id,
        gates.contract_id as subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        'The agreement does not meet the criteria of a contract (' || gates.rule_code || ', ' || gates.book_scope || '): no revenue, cash is a deposit.' as message
    from {{ ref('fct_contract_gates') }} as gates
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = gates.contract_id
    where
        (gates.gate_ordinal is null or gates.until_ordinal < 999999)
        -- nothing is amiss before either party performs; what was signed twice says so itself
        and gates.rule_code not in ('D1.WHOLLY_UNPERFORMED', 'D1.DUPLICATE')
),

open_ended_fees as (
    select
        'FEE_WITHOUT_END' as exception_code,
        'warn' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.line_id as subject,
        terms.fixed_amount as amount,
        lines.currency,
        'A fee stated once for a window without an end cannot be spread: give service_end, or an amount_interval.' as message
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ accepted(ref('stg_contract_lines')) }} as terms
        on terms.line_id = lines.line_id
        and terms.known_until_at is null
        and coalesce(terms.amount_interval, 'once') = 'once'
        and terms.service_end is null
    inner join {{ ref('dim_contracts') }} as contracts
        on contracts.contract_id = lines.contract_id
        and contracts.effective_to is null
    where lines.pattern = 'ratable_by_day'
),

int_exceptions__agreements as (
    select * from unsupported
    union all
    select * from other_events
    union all
    select * from deliveries
    union all
    select * from no_contract
    union all
    select * from open_ended_fees
)

select * from int_exceptions__agreements
