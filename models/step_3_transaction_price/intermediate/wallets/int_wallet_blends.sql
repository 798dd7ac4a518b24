-- One row per run of a wallet and change of what remains in it: an event that adds lots at another price than their standalone one, or a refund of which something was kept (D12 PROSPECTIVE; ASC 606-10-25-13(a), IFRS 15.21(a)).
--
-- With the event all lots of the contract blend; what was kept is the price of what remains of its own lot.
with

added as (
    select
        changes.contract_event_id,
        changes.contract_id,
        changes.line_id,
        changes.segment_from_at,
        changes.known_from_ordinal,
        changes.known_to_ordinal
    from {{ ref('fct_line_modifications') }} as changes
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = changes.line_id
        and lines.pattern = 'prepaid_units'
    where
        changes.treatment = 'PROSPECTIVE'
        and changes.adds in ('line', 'quantity')
),

-- A lot comes with the event when its line cites it and it was granted by then.
brought as (
    select distinct
        added.contract_event_id,
        lots.contract_id,
        lots.wallet_id,
        lots.unit_code,
        lots.grant_id,
        added.segment_from_at as blended_at,
        added.known_from_ordinal,
        added.known_to_ordinal
    from added
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.line_id = added.line_id
        and lots.consideration > 0
        and lots.treatment <> 'PRICE_REDUCTION'
        and lots.granted_at <= added.segment_from_at
),

-- Each refund of a lot of which something was kept: the units it takes have the price that they have by then.
refunds as (
    select
        *,
        sum(abs(kept_amount)) over (partition by grant_id, known_from_ordinal) as kept_of_lot
    from {{ ref('fct_credit_refunds') }}
),

events as (
    select
        contract_event_id,
        contract_id,
        wallet_id,
        unit_code,
        blended_at,
        cast(null as varchar) as kept_grant_id,
        cast(0 as decimal(38, 18)) as kept_amount,
        cast(0 as decimal(38, 18)) as refunded_units,
        cast(0 as decimal(38, 18)) as refunded_amount,
        min(known_from_ordinal) * 10 + {{ family('modification') }} as from_revision,
        case when max(known_to_ordinal) < 999999 then max(known_to_ordinal) * 10 + {{ family('modification') }} else 99999999 end as to_revision
    from brought
    group by contract_event_id, contract_id, wallet_id, unit_code, blended_at

    union all

    select
        refunds.grant_id || ':' || cast(refunds.refund_date as varchar) as contract_event_id,
        lots.contract_id,
        lots.wallet_id,
        lots.unit_code,
        refunds.refunded_at as blended_at,
        refunds.grant_id as kept_grant_id,
        refunds.kept_amount,
        refunds.refunded_units,
        -- notes change the price of units apart from what they were bought for
        refunds.refunded_amount - refunds.noted_amount as refunded_amount,
        refunds.known_from_ordinal * 10 + {{ family('contract') }} as from_revision,
        case when refunds.known_to_ordinal < 999999 then refunds.known_to_ordinal * 10 + {{ family('contract') }} else 99999999 end as to_revision
    from refunds
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.grant_id = refunds.grant_id
        and lots.known_from_ordinal <= refunds.known_from_ordinal
        and lots.known_to_ordinal > refunds.known_from_ordinal
        and not lots.is_refundable
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = lots.line_id
        and lines.pattern = 'prepaid_units'
    where refunds.kept_of_lot > 0
),

int_wallet_blends as (
    select
        runs.run_number,
        events.contract_event_id,
        events.contract_id,
        events.unit_code,
        events.blended_at,
        events.kept_grant_id,
        events.kept_amount,
        events.refunded_units,
        events.refunded_amount,
        cast(row_number() over (partition by runs.run_number order by events.blended_at, events.contract_event_id) as integer) as blend_number
    from events
    inner join {{ ref('int_wallet_runs') }} as runs
        on runs.wallet_id = events.wallet_id
        and runs.unit_code = events.unit_code
        and runs.next_revision > events.from_revision
        and runs.next_revision <= events.to_revision
)

select * from int_wallet_blends
