-- One row per outcome line: what elections and estimates may name it by, and whether lots pay for it.
--
-- Where the first close that counted an outcome knew a lot of money of the wallet (a minimum, a pack in the contract's currency), lots
-- pay for outcomes as they do for use. One learned later pays for what becomes final, and the policy of the line stays: it
-- earns the fees, and what the lot pays of them is not charged again.
with

lines as (
    select * from {{ ref('dim_obligation_lines') }}
    where pattern = 'outcomes'
),

uses as (
    select
        minimum_line_id,
        line_id,
        is_named
    from {{ ref('fct_minimum_uses') }}
    where line_kind <> 'overage'
),

first_counted as (
    select
        line_id,
        min(cast({{ int_div('revision', '10') }} as integer)) as first_ordinal
    from {{ ref('fct_outcome_measures') }}
    group by line_id
),

paid_by_money as (
    select
        lines.line_id,
        bool_or(lots.known_from_ordinal <= coalesce(first_counted.first_ordinal, lines.known_ordinal)) as is_from_the_start
    from lines
    inner join {{ ref('fct_contract_wallets') }} as contracts on contracts.contract_id = lines.contract_id
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.wallet_id = contracts.wallet_id
        and lots.unit_code = lines.currency
    left join first_counted on first_counted.line_id = lines.line_id
    where
        coalesce(position('|' || lines.product_id || '|' in '|' || lots.applies_to_product_ids || '|') > 0, true)
        and (
            coalesce(lots.line_id not in (select minimum_line_id from uses where is_named), true)
            or lines.line_id in (select uses.line_id from uses where uses.minimum_line_id = lots.line_id)
        )
    group by lines.line_id
),

int_outcome_lines as (
    select
        lines.line_id,
        lines.obligation_id,
        lines.contract_id,
        lines.customer_id,
        lines.product_id,
        lines.entity_id,
        lines.currency,
        lines.acceptance_is_substantive,
        lines.known_ordinal,
        lines.line_id in (
            select rates.line_id
            from {{ ref('fct_usage_rates') }} as rates
            inner join lines as priced
                on priced.line_id = rates.line_id
                and priced.currency <> rates.unit_code
        ) as is_paid_in_credits,
        paid_by_money.line_id is not null as draws_money_lots,
        coalesce(paid_by_money.is_from_the_start, false) as is_paid_by_money_lots,
        customers.customer_class,
        customers.jurisdiction
    from lines
    left join paid_by_money on paid_by_money.line_id = lines.line_id
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = lines.customer_id
)

select * from int_outcome_lines
