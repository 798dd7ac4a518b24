-- One row per set of books, obligation, period and reclass: one net position per contract at each period end, reversed in the next.
with

netted as (
    select
        sides.*,
        coalesce(netted.applied_credit, 0) as applied_credit,
        coalesce(netted.beyond_amount, 0) as beyond_amount,
        coalesce(netted.beyond_receivable, 0) as beyond_receivable,
        coalesce(netted.netted_credit, 0) as netted_credit
    from {{ ref('int_positions__sides') }} as sides
    left join {{ ref('int_positions__netted') }} as netted
        on netted.book_scope = sides.book_scope
        and netted.contract_id = sides.contract_id
        and netted.period_ordinal = sides.period_ordinal
        and netted.obligation_id is not distinct from sides.obligation_id
),

reclasses as (
    select
        *,
        'unbilled_reclass' as event_type,
        unconditional_debit as amount
    from netted
    where position_role <> 'unbilled_receivable' and unconditional_debit > 0
    union all
    select
        *,
        'principal_reclass' as event_type,
        principal_debit as amount
    from netted
    where principal_debit > 0
    union all
    select
        *,
        'overbilled_reclass' as event_type,
        credit_amount - beyond_amount - netted_credit as amount
    from netted
    where position_role = 'unbilled_receivable' and credit_amount - beyond_amount > netted_credit
    union all
    select
        *,
        'unapplied_cash_netting' as event_type,
        applied_credit as amount
    from netted
    where applied_credit > 0
    union all
    select
        *,
        'owed_back_reclass' as event_type,
        applied_owed_back as amount
    from netted
    where applied_owed_back > 0
    union all
    select
        *,
        'lost_contract_deposit' as event_type,
        credit_amount - applied_credit - beyond_amount as amount
    from netted
    where is_lost and is_unclaimed and credit_amount - beyond_amount > applied_credit
    union all
    select
        *,
        'beyond_mandate_receivable' as event_type,
        beyond_receivable as amount
    from netted
    where beyond_receivable > 0
    union all
    select
        *,
        'beyond_mandate_deposit' as event_type,
        beyond_amount - beyond_receivable as amount
    from netted
    where beyond_amount > beyond_receivable
    union all
    select
        *,
        'unclaimed_property_reclass' as event_type,
        authority_credit as amount
    from netted
    where authority_credit > 0
    union all
    select
        *,
        'expected_refund_reclass' as event_type,
        refund_credit as amount
    from netted
    where refund_credit > 0
    union all
    select
        *,
        'expected_concession_reclass' as event_type,
        conceded_credit as amount
    from netted
    where conceded_credit > 0
    union all
    -- what comes back for a refund that is owed
    select
        *,
        'return_asset_reclass' as event_type,
        return_cost_amount as amount
    from netted
    where refund_credit > 0 and return_cost_amount > 0
    union all
    select
        *,
        'contract_asset_reclass' as event_type,
        conditional_debit + allowance_credit as amount
    from netted
    where conditional_debit + allowance_credit > 0
    union all
    select
        *,
        'reversal_allowance_reclass' as event_type,
        allowance_credit as amount
    from netted
    where allowance_credit > 0
    union all
    select
        *,
        'contract_netting' as event_type,
        netted_credit as amount
    from netted
    where netted_credit > 0
),

int_events__presentation as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        period_ordinal,
        event_type,
        false as is_reversal,
        amount
    from reclasses

    union all

    select
        reclasses.book_scope,
        reclasses.entity_id,
        reclasses.contract_id,
        reclasses.obligation_id,
        next_periods.period_ordinal,
        reclasses.event_type,
        true as is_reversal,
        -reclasses.amount as amount
    from reclasses
    inner join {{ ref('dim_accounting_periods') }} as next_periods
        on next_periods.entity_id = reclasses.entity_id
        and next_periods.period_ordinal = reclasses.period_ordinal + 1
        and next_periods.has_begun
)

select * from int_events__presentation
