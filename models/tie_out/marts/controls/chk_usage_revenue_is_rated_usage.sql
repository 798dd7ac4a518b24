-- One row per book and usage obligation whose ledger differs from quantity times the price now known less what lots paid for and what is refused beyond them, computed apart (I23).
--
-- The ledger multiplies deltas of knowledge; this multiplies totals. They meet when nothing was lost between.
-- Prices that are more than one rate have a control of their own.
with

by_quantity as (
    select distinct lines.obligation_id
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = rates.line_id
    where rates.rated_by <> 'rate'
    union
    -- nor does a price of overage say what use costs up to it, or use earn anything that measures the progress of a minimum; a royalty
    -- waits for its licence, and for no report of the use
    select obligation_id
    from {{ ref('dim_obligation_lines') }}
    where line_kind = 'overage' and meter_id is null or pattern = 'progress' or pattern = 'usage_as_rated' and component = 'licence'
),

totals as (
    select
        usage.line_id,
        usage.line_segment_number,
        usage.dim_1_value,
        usage.dim_2_value,
        sum(usage.quantity) as quantity
    from {{ ref('fct_usage_by_period') }} as usage
    group by 1, 2, 3, 4
),

rated as (
    select
        lines.obligation_id,
        lines.entity_id,
        lines.contract_id,
        sum({{ share_of_measure(amount_at_rate('totals.quantity', 'rates.rate_whole', 'rates.rate_rest'), billionths('1 - lines.third_party_share'), '1000000000') }}) as amount
    from totals
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = totals.line_id
    -- charges in credits have the price of the lot they draw from
    inner join {{ ref('fct_usage_rates') }} as rates
        on rates.line_segment_number = totals.line_segment_number
        and rates.dim_1_value is not distinct from totals.dim_1_value
        and rates.dim_2_value is not distinct from totals.dim_2_value
        and rates.next_revision = 99999999
        and rates.unit_code = lines.currency
    group by 1, 2, 3
),

-- What lots of the contract's currency paid for is their revenue, not that of usage as rated.
drawn as (
    select
        lines.obligation_id,
        sum({{ share_of_measure('draws.units', billionths('1 - lines.third_party_share'), '1000000000') }}) as amount
    from {{ ref('fct_credit_draws') }} as draws
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = draws.line_id
        and lines.currency = draws.unit_code
    group by 1
),

refused as (
    select
        lines.obligation_id,
        sum({{ share_of_measure('refused.amount', billionths('1 - lines.third_party_share'), '1000000000') }}) as amount
    from {{ ref('fct_refused_use') }} as refused
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = refused.line_id
    group by 1
),

ledger as (
    select
        book,
        obligation_id,
        sum(amount) as amount
    from {{ ref('fct_revenue_waterfall') }}
    where rule_code in ('D4.INVOICE_RIGHT', 'D13.ROYALTY', 'D1.CONTRACT_LOST')
    group by 1, 2
),

chk_usage_revenue_is_rated_usage as (
    select
        'chk_usage_revenue_is_rated_usage' as control_code,
        books.book,
        rated.entity_id,
        cast(null as varchar) as period_id,
        rated.obligation_id as subject,
        cast(rated.amount - coalesce(drawn.amount, 0) - coalesce(refused.amount, 0) as decimal(38, 18)) as expected_amount,
        cast(coalesce(ledger.amount, 0) as decimal(38, 18)) as actual_amount
    from rated
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = rated.contract_id
        and gates.gate_ordinal is not null
        and gates.until_ordinal = 999999
    inner join {{ ref('books') }} as books on books.book_scope = gates.book_scope
    -- of a contract that is lost, use since then is not earned
    left join {{ ref('fct_contract_losses') }} as losses
        on losses.contract_id = rated.contract_id
        and losses.book_scope = gates.book_scope
        and losses.regained_ordinal = 999999
    left join drawn on drawn.obligation_id = rated.obligation_id
    left join refused on refused.obligation_id = rated.obligation_id
    left join ledger
        on ledger.book = books.book
        and ledger.obligation_id = rated.obligation_id
    -- dust of a few 10^-18 per row may lie between a product of totals and a sum of products
    -- nor is what an agent spent beyond its mandate
    left join (
        select contract_id
        from {{ ref('fct_spend_beyond_mandates') }}
        group by 1
        having sum(amount) <> 0
    ) as beyond on beyond.contract_id = rated.contract_id
    where
        losses.contract_id is null
        and rated.obligation_id not in (select obligation_id from by_quantity)
        and beyond.contract_id is null
        and abs(rated.amount - coalesce(drawn.amount, 0) - coalesce(refused.amount, 0) - coalesce(ledger.amount, 0)) > 0.000000000001
)

select * from chk_usage_revenue_is_rated_usage
