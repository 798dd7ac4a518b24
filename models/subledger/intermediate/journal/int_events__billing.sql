-- One row per set of books, document line, step and event: what billing and cash move, in whole minor units.
with

steps as (
    select
        steps.*,
        lines.contract_id,
        lines.entity_id,
        -- a credit note is a document of its own, and a step of the invoice that it corrects
        case when steps.funding in ('credit', 'credit_loss') then steps.step_id else lines.document_id end as document_id,
        obligation_lines.obligation_id,
        payables.component,
        settlement.on_receivable_event,
        settlement.to_position_event,
        settlement.to_tax_event,
        settlement.to_principal_event,
        settlement.on_owed_back_event,
        settlement.on_undone_event,
        settlement.funding is not null as is_settlement,
        coalesce(settlement.passes_through_receivable, false) as passes_through_receivable
    from {{ ref('int_billing_steps') }} as steps
    inner join {{ ref('fct_billing_lines') }} as lines on lines.document_line_id = steps.document_line_id
    left join {{ ref('dim_obligation_lines') }} as obligation_lines
        on obligation_lines.line_id = lines.line_id
        -- what is billed for a package, or less by a discount, belongs to the contract as a whole
        and obligation_lines.pattern <> 'price_only'
    -- what is payable to the customer and taken off an invoice is paid
    left join (
        select distinct
            part_id,
            component
        from {{ ref('fct_price_parts') }}
        where earned_as = 'payable_to_customer'
    ) as payables on payables.part_id = lines.line_id
    left join {{ ref('settlement_events') }} as settlement on settlement.funding = steps.funding
),

legs as (
    select
        *,
        case when funding = 'credit_loss' then 'billing_lost' else 'billing' end as event_type,
        billed_minor - billed_tax_minor - billed_principal_minor - unapplied_minor as amount_minor
    from steps
    where not is_settlement
    union all
    select
        *,
        'billing_tax' as event_type,
        billed_tax_minor as amount_minor
    from steps
    where not is_settlement
    union all
    -- what was paid of it before is owed back, or need not have been written off
    select
        *,
        'credit_owed_back' as event_type,
        owed_back_minor as amount_minor
    from steps
    where not is_settlement
    union all
    select
        *,
        'write_off_undone' as event_type,
        undone_minor as amount_minor
    from steps
    where not is_settlement
    union all
    -- what an agent collects for another principal is owed to that one and never revenue; what is lost of it is the agent's loss
    select
        *,
        case when is_settlement then to_principal_event when funding = 'credit_loss' then 'billing_lost' else 'billing_principal' end as event_type,
        billed_principal_minor as amount_minor
    from steps
    where billed_principal_minor <> 0
    union all
    select
        *,
        on_receivable_event as event_type,
        settled_minor - billed_minor as amount_minor
    from steps
    where is_settlement and not passes_through_receivable
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
        billed_minor - billed_tax_minor - billed_principal_minor - unapplied_minor as amount_minor
    from steps
    where is_settlement
    union all
    -- what was paid beyond an invoice, or of one that is void, waits for another: it belongs to the contract as a whole too
    select
        * replace (cast(null as varchar) as obligation_id),
        case when is_settlement then to_position_event else 'billing' end as event_type,
        unapplied_minor as amount_minor
    from steps
    where unapplied_minor <> 0
    union all
    select
        *,
        to_tax_event as event_type,
        billed_tax_minor as amount_minor
    from steps
    where is_settlement
    union all
    select
        * replace (case when passes_through_receivable then cast(null as varchar) else obligation_id end as obligation_id),
        on_owed_back_event as event_type,
        owed_back_minor as amount_minor
    from steps
    where is_settlement
    union all
    select
        * replace (case when passes_through_receivable then cast(null as varchar) else obligation_id end as obligation_id),
        on_undone_event as event_type,
        undone_minor as amount_minor
    from steps
    where is_settlement and on_undone_event is not null
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
        component,
        cast(sum(amount_minor) as decimal(38, 0)) as amount_minor
    from legs
    where amount_minor <> 0
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
)

select * from int_events__billing
where amount_minor <> 0
