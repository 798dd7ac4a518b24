-- One row per lot that was paid for, by itself or with a plan: what elections and estimates of breakage may name it by (D11).
with

int_breakage__lots as (
    select
        lots.grant_id,
        lots.entity_id,
        lots.contract_id,
        lots.line_id,
        lots.customer_id,
        lots.grant_kind,
        lines.product_id,
        customers.customer_class,
        customers.jurisdiction,
        lots.unit_code,
        lots.currency,
        -- its price is what is allocated to it later
        coalesce(lines.pattern = 'included_units', false) as shares_price_of_plan,
        -- nothing of it was paid: no authority asks for what is not used
        coalesce(lines.pattern = 'trued_up_minimum', false) as is_trued_up,
        coalesce(commitments.is_short_at_end, false) as is_short_at_end,
        lots.units as first_units,
        cast({{ local_from_utc('lots.effective_at', 'contracts.time_zone') }} as date) as effective_date,
        lots.known_from_ordinal as inception_ordinal
    from {{ ref('fct_credit_lots') }} as lots
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    left join {{ ref('fct_commitments') }} as commitments on commitments.line_id = lots.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lots.contract_id
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = lots.customer_id
    where
        lots.version_number = 1
        and (lots.consideration > 0 or lines.pattern = 'included_units' and lots.grant_kind = 'entitlement')
)

select * from int_breakage__lots
