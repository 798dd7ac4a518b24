-- One row per document line: the date on which the right to its amount is unconditional as a whole, if there is one.
--
-- In arrears, when performed and billed. Prepaid credits, when due. In advance, when due, but only while the customer cannot
-- leave: before that, or while cancellable, there is neither receivable nor liability (ASC 606-10-55-284, IFRS 15.IE199).
with

handed_over as (
    select
        deliveries.line_id,
        -- delivered in parts, the last part completes it
        max(deliveries.occurred_date) as handed_over_date,
        max(deliveries.known_ordinal) as handed_over_known_ordinal
    from {{ ref('fct_deliveries') }} as deliveries
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = deliveries.line_id
    where
        -- a milestone or a copy is handed over as such, anything else by delivery
        deliveries.kind in ('delivered', case when lines.passes_on in ('milestone', 'licence_available') then lines.passes_on else 'delivered' end)
        and deliveries.withdrawn_ordinal is null
    group by deliveries.line_id
),

described as (
    select
        lines.*,
        obligation_lines.obligation_id,
        obligation_lines.pattern,
        contracts.termination_right,
        contracts.termination_notice_days,
        cast({{ local_from_utc('contracts.termination_from', 'contracts.time_zone') }} as date) as termination_from_date,
        coalesce(lines.period_from_date, lines.issued_date) as from_date,
        coalesce(lines.period_to_date, lines.period_from_date, lines.issued_date) as to_date,
        handed_over.handed_over_date,
        handed_over.handed_over_known_ordinal
    from {{ ref('fct_billing_lines') }} as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('dim_obligation_lines') }} as obligation_lines on obligation_lines.line_id = lines.line_id
    left join handed_over on handed_over.line_id = lines.line_id
    -- a credit note is a step of the invoice that it corrects
    where lines.document_line_id not in (select credit_id from {{ ref('fct_credited_lines') }} where invoice_id is not null)
),

dated as (
    select
        *,
        coalesce(pattern in ('point_in_time', 'milestone', 'licence'), false) as is_point_in_time,
        coalesce(pattern in ('prepaid_units', 'prepaid_refundable'), false) as is_prepaid,
        case
            when pattern in ('point_in_time', 'milestone', 'licence') then handed_over_date
            when to_date > from_date then cast(to_date - interval 1 day as date)
            else issued_date
        end as performed_date,
        termination_right = 'none'
        or coalesce(termination_from_date >= to_date, false)
        or coalesce(pattern, '') not in ('point_in_time', 'milestone', 'licence')
        and to_date > from_date
        and to_date <= cast({{ add_days('cast(due_date as timestamp)', 'termination_notice_days') }} as date) as is_noncancellable
    from described
),

int_billing_lines__rights as (
    select
        *,
        case
            when doc_type = 'credit_note' then issued_date
            -- credits are bought before they are used: bought, they are owed when due
            when is_prepaid then greatest(issued_date, due_date)
            when is_noncancellable and performed_date is null then greatest(issued_date, due_date)
            when is_noncancellable then least(greatest(issued_date, performed_date), greatest(issued_date, due_date))
            when is_point_in_time and performed_date is null then null
            when is_point_in_time or performed_date <= issued_date then greatest(issued_date, performed_date)
        end as whole_date
    from dated
)

select * from int_billing_lines__rights
