-- One row per set of books, document line, step and event: what billing and cash move, in whole minor units.
with

steps as (
    select
        steps.*,
        lines.contract_id,
        lines.entity_id,
        lines.document_id,
        obligation_lines.obligation_id,
        settlement.on_receivable_event,
        settlement.to_position_event,
        settlement.to_tax_event,
        settlement.to_principal_event,
        coalesce(settlement.passes_through_receivable, false) as passes_through_receivable
    from {{ ref('int_billing_steps') }} as steps
    inner join {{ ref('fct_billing_lines') }} as lines on lines.document_line_id = steps.document_line_id
    left join {{ ref('dim_obligation_lines') }} as obligation_lines
        on obligation_lines.line_id = lines.line_id
        -- what is billed for a package, or less by a discount, belongs to the contract as a whole
        and obligation_lines.pattern <> 'price_only'
    left join {{ ref('settlement_events') }} as settlement on settlement.funding = steps.funding
),

legs as (
    select
        *,
        'billing' as event_type,
        billed_minor - billed_tax_minor - billed_principal_minor as amount_minor
    from steps
    where funding = 'right'
    union all
    select
        *,
        'billing_tax' as event_type,
        billed_tax_minor as amount_minor
    from steps
    where funding = 'right'
    union all
    -- what an agent collects for another principal is owed to that one and never revenue
    select
        *,
        case funding when 'right' then 'billing_principal' else to_principal_event end as event_type,
        billed_principal_minor as amount_minor
    from steps
    where billed_principal_minor <> 0
    union all
    select
        *,
        on_receivable_event as event_type,
        settled_minor - billed_minor as amount_minor
    from steps
    where funding <> 'right' and not passes_through_receivable
    union all
    -- unapplied cash belongs to the contract as a whole, so it leaves a position that no line claims
    select
        * replace (cast(null as varchar) as obligation_id),
        on_receivable_event as event_type,
        settled_minor as amount_minor
    from steps
    where passes_through_receivable
    union all
    select
        *,
        to_position_event as event_type,
        billed_minor - billed_tax_minor - billed_principal_minor as amount_minor
    from steps
    where funding <> 'right'
    union all
    select
        *,
        to_tax_event as event_type,
        billed_tax_minor as amount_minor
    from steps
    where funding <> 'right'
),

int_events__billing as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        document_id as source_id,
        step_date as event_date,
        posting_ordinal,
        event_type,
        cast(sum(amount_minor) as decimal(38, 0)) as amount_minor
    from legs
    where amount_minor <> 0
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select * from int_events__billing
where amount_minor <> 0
