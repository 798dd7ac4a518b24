-- One row per usage line segment whose wallet refuses overdraft (D8): from which revision on nothing is charged for what its lots do not pay for.
--
-- Nobody agreed to pay for use beyond lots that end the right to it (ASC 606-10-25-1, IFRS 15.9). It holds for use that a lot could have paid for: once
-- one had begun, for its products. What the contract prices as overage it does not refuse.
with

segments as (
    select distinct
        usage.line_segment_number,
        usage.segment_from_at,
        lines.line_id,
        lines.contract_id,
        lines.entity_id,
        lines.product_id,
        lines.currency
    from {{ ref('fct_usage_by_period') }} as usage
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = usage.line_id
        and lines.line_kind = 'usage'
    where
        usage.line_segment_number not in (select line_segment_number from {{ ref('int_overage_prices') }})
        and lines.line_id not in (select line_id from {{ ref('fct_minimum_uses') }} where is_by_progress)
),

int_wallet_refusals as (
    select
        segments.line_segment_number,
        segments.line_id,
        segments.contract_id,
        segments.entity_id,
        segments.currency,
        -- a lot that is learned late ends the charge from then on
        min(lots.known_from_ordinal) * 10 + {{ family('contract') }} as from_revision
    from segments
    inner join {{ ref('fct_contract_wallets') }} as wallets on wallets.contract_id = segments.contract_id
    inner join {{ ref('int_wallet_orders') }} as orders
        on orders.wallet_id = wallets.wallet_id
        and orders.overdraft = 'refuse'
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.wallet_id = wallets.wallet_id
        and lots.unit_code = segments.currency
        and lots.effective_at <= segments.segment_from_at
        and coalesce(position('|' || segments.product_id || '|' in '|' || lots.applies_to_product_ids || '|') > 0, true)
    group by segments.line_segment_number, segments.line_id, segments.contract_id, segments.entity_id, segments.currency
)

select * from int_wallet_refusals
