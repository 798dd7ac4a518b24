-- One row per position: its credit, or its debit by what has yet to happen before it is paid.
--
-- What is earned beyond billing and only waits for its invoice is unconditional (ASC 606-10-45-4,
-- IFRS 15.108); what waits for another promise to be kept is conditional.
with

-- What was paid for units given up with a change of terms was billed with their lot, whose liability it meets.
given_up as (
    select
        parts.contract_id,
        periods.period_ordinal,
        sum(parts.amount) as amount
    from {{ ref('fct_price_parts') }} as parts
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = parts.entity_id
        and periods.period_ordinal >= parts.known_from_ordinal
        and periods.period_ordinal < parts.known_to_ordinal
        and periods.has_begun
    where
        parts.component = 'credits'
        and parts.spread_over = 'fees'
    group by parts.contract_id, periods.period_ordinal
),

positions as (
    select
        positions.* exclude (position_amount),
        -- what of outcomes is owed back, fees that are not final, and what is due of the price of a bundle stand apart
        positions.position_amount
        + coalesce(outcomes.asset_amount - outcomes.allowance_amount - outcomes.refund_amount, 0)
        + coalesce(due.due_amount, 0)
        + coalesce(applied.applied_amount, 0) as position_amount,
        coalesce(applied.applied_amount, 0) as applied_owed_back,
        coalesce(outcomes.asset_amount, 0) as open_fee_debit,
        coalesce(outcomes.allowance_amount, 0) as allowance_credit,
        coalesce(outcomes.refund_amount, 0) as reversed_credit,
        -- contracts combined into one are one since the close that combined them (ASC 606-10-25-9, IFRS 15.17)
        case when contracts.contract_group_from_ordinal <= positions.period_ordinal then contracts.contract_group_id else positions.contract_id end as contract_group_id,
        losses.contract_id is not null as is_lost,
        coalesce(obligations.position_role, 'contract_liability_prepaid') as position_role,
        coalesce(obligations.minor_unit_exponent, 2) as minor_unit_exponent,
        due.obligation_id is not null as may_wait,
        coalesce(due.due_amount, 0) as due_amount,
        coalesce(shortfalls.not_due_amount, 0)
        + coalesce(ramps.ahead_amount, 0)
        + coalesce(bonuses.waiting_amount, 0)
        + coalesce({{ round_to_minor_unit('given_up.amount', 'coalesce(obligations.minor_unit_exponent, 2)') }}, 0) as not_due_amount,
        coalesce(obligations.third_party_share, 0) as third_party_share,
        least(greatest(positions.position_amount, 0), coalesce(unclaimed.amount, 0)) as authority_credit,
        least(
            greatest(positions.position_amount, 0) - least(greatest(positions.position_amount, 0), coalesce(unclaimed.amount, 0)),
            greatest(coalesce(refunds.refund_amount, 0) + coalesce(refunds.concession_amount, 0), coalesce(refundable.refundable_amount, 0))
        ) as given_credit,
        least(coalesce(refunds.concession_amount, 0), coalesce(refunds.receivable_amount, 0)) as not_receivable,
        coalesce(refunds.return_cost_amount, 0) as return_cost_amount
    from {{ ref('int_positions') }} as positions
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = positions.contract_id
    left join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = positions.obligation_id
    left join {{ ref('int_positions__due') }} as due
        on due.book_scope = positions.book_scope
        and due.obligation_id = positions.obligation_id
        and due.period_ordinal = positions.period_ordinal
    -- what an authority will get is owed to it and no promise to the customer
    left join {{ ref('fct_unclaimed_property') }} as unclaimed
        on unclaimed.obligation_id = positions.obligation_id
        and unclaimed.from_ordinal <= positions.period_ordinal
        and unclaimed.to_ordinal > positions.period_ordinal
    -- nor is what is expected to be given back, or never to be collected (ASC 606-10-32-7 and 32-10, IFRS 15.52 and 55)
    left join {{ ref('int_positions__refunds') }} as refunds
        on refunds.book_scope = positions.book_scope
        and refunds.obligation_id = positions.obligation_id
        and refunds.period_ordinal = positions.period_ordinal
    left join {{ ref('int_positions__shortfalls') }} as shortfalls
        on shortfalls.obligation_id = positions.obligation_id
        and shortfalls.period_ordinal = positions.period_ordinal
    left join {{ ref('int_positions__ramps') }} as ramps
        on ramps.obligation_id = positions.obligation_id
        and ramps.period_ordinal = positions.period_ordinal
    left join {{ ref('int_positions__bonuses') }} as bonuses
        on bonuses.book_scope = positions.book_scope
        and bonuses.obligation_id = positions.obligation_id
        and bonuses.period_ordinal = positions.period_ordinal
    left join {{ ref('int_positions__refundable') }} as refundable
        on refundable.book_scope = positions.book_scope
        and refundable.obligation_id = positions.obligation_id
        and refundable.period_ordinal = positions.period_ordinal
    left join given_up
        on given_up.contract_id = positions.contract_id
        and given_up.period_ordinal = positions.period_ordinal
        and obligations.position_role is distinct from 'contract_liability_prepaid'
    left join {{ ref('int_positions__outcomes') }} as outcomes
        on outcomes.book_scope = positions.book_scope
        and outcomes.obligation_id = positions.obligation_id
        and outcomes.period_ordinal = positions.period_ordinal
    left join {{ ref('int_positions__applied') }} as applied
        on applied.book_scope = positions.book_scope
        and applied.contract_id = positions.contract_id
        and applied.period_ordinal = positions.period_ordinal
        and positions.obligation_id is null
    left join {{ ref('fct_contract_losses') }} as losses
        on losses.contract_id = positions.contract_id
        and losses.book_scope = positions.book_scope
        and losses.lost_ordinal <= positions.period_ordinal
        and losses.regained_ordinal > positions.period_ordinal
),

int_positions__sides as (
    select
        * exclude (given_credit, not_receivable, may_wait, due_amount, not_due_amount, open_fee_debit, reversed_credit),
        obligation_id is null as is_unclaimed,
        least(given_credit, not_receivable) as conceded_credit,
        given_credit - least(given_credit, not_receivable) + reversed_credit as refund_credit,
        greatest(position_amount, 0) - authority_credit - given_credit as credit_amount,
        case when may_wait then greatest(-position_amount, 0) else least(greatest(-position_amount, 0), not_due_amount) end
        + open_fee_debit - allowance_credit as conditional_debit,
        case when may_wait then due_amount else greatest(-position_amount - not_due_amount, 0) end as unconditional_debit,
        -- an agent has the right to the whole charge: its commission and what it owes to the other principal
        case
            when position_amount < 0 and third_party_share > 0 and third_party_share < 1
                then
                    {{ round_to_minor_unit(share_of_measure('-position_amount', billionths('third_party_share'), billionths('1 - third_party_share')), 'minor_unit_exponent') }}
            else 0
        end as principal_debit
    from positions
)

select * from int_positions__sides
