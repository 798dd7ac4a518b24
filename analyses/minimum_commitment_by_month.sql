-- One minimum commitment month by month: what was used, what it earned and how, and what of the minimum is left.
--
-- Put the book and the line of the minimum here. The worked commitment of 120,000 (3,000,000 thousands of actions at 0.04), hot (3,525,000 used)
-- and cold (2,600,000), earns by its method of overage (fct_judgements, D10.OVERAGE), revenue of the month:
--
--   month            1       2       3       4       5        6        7        8        9       10       11       12
--   hot, A        4,800   6,400   8,000   9,200  10,400   11,400   12,200   13,200   14,400   16,000   17,000   18,000
--   hot, B      4,591.30 6,121.74 7,652.18 8,800.00 9,947.82 11,995.66 11,934.78 12,913.04 14,757.77 15,771.42 15,897.27 20,617.02
--   cold, A       4,000   5,600   7,200   8,000   8,800    9,600   10,000   10,200   10,000   10,200   10,200   26,200
--   cold, B     3,826.09 5,356.52 6,817.39 7,619.05 8,380.95 13,957.45 10,638.29 10,851.07 14,108.75 11,333.33 11,333.33 15,777.78
--
-- Both end at the minimum and the overage charged. The cases acc-5-1-* hold the same figures.
with

chosen as (
    select
        'asc606' as book,
        'a-line' as line_id
),

minimums as (
    select
        chosen.book,
        lines.line_id,
        lines.obligation_id,
        lines.contract_id,
        lines.entity_id,
        lines.currency,
        commitments.is_by_progress
    from chosen
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = chosen.line_id
    inner join {{ ref('fct_commitments') }} as commitments on commitments.line_id = lines.line_id
),

uses as (
    select
        minimums.line_id as minimum_line_id,
        lines.line_id,
        lines.obligation_id
    from minimums
    inner join {{ ref('fct_minimum_uses') }} as uses on uses.minimum_line_id = minimums.line_id
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = uses.line_id
),

used as (
    select
        periods.period_id,
        sum(usage.quantity) as quantity
    from uses
    inner join {{ ref('fct_usage_by_period') }} as usage on usage.line_id = uses.line_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = usage.entity_id
        and periods.period_ordinal = usage.service_ordinal
    group by periods.period_id
),

earned as (
    select
        revenue.period_id,
        sum(case when revenue.component = 'overage' then revenue.amount else 0 end) as overage_amount,
        sum(case when revenue.component = 'overage' then 0 else revenue.amount end) as minimum_amount,
        sum(revenue.catch_up_amount) as catch_up_amount
    from minimums
    inner join {{ ref('fct_revenue_recognised') }} as revenue
        on revenue.book = minimums.book
        and (revenue.obligation_id = minimums.obligation_id or revenue.obligation_id in (select obligation_id from uses))
    group by revenue.period_id
),

held as (
    select
        lots.period_id,
        sum(lots.closing_amount) as left_amount
    from minimums
    inner join {{ ref('fct_credit_grants') }} as grants on grants.line_id = minimums.line_id
    inner join {{ ref('fct_prepaid_rollforward') }} as lots
        on lots.grant_id = grants.grant_id
        and lots.book = minimums.book
    group by lots.period_id
)

select
    periods.period_id,
    case when minimums.is_by_progress then 'B: one price' else 'A: as used' end as overage_method,
    used.quantity as quantity_used,
    earned.minimum_amount,
    earned.overage_amount,
    earned.minimum_amount + earned.overage_amount as revenue_amount,
    earned.catch_up_amount,
    held.left_amount,
    minimums.currency
from minimums
inner join {{ ref('dim_accounting_periods') }} as periods
    on periods.entity_id = minimums.entity_id
    and periods.has_begun
left join used on used.period_id = periods.period_id
left join earned on earned.period_id = periods.period_id
left join held on held.period_id = periods.period_id
where used.period_id is not null or earned.period_id is not null
order by periods.period_ordinal
