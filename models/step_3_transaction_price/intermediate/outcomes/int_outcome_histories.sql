-- One row per entity, outcome product and close from which on its history is another: how many outcomes are past their window, and how steady their quarterly rates of reversal are (D17).
--
-- Judged as a quarter ends, by the quarters that are over: one in progress shows no rate of its own. One quarter alone shows no
-- steadiness.
with

quarter_ends as (
    select
        entity_id,
        fiscal_year || ' ' || fiscal_quarter as quarter,
        max(period_ordinal) as end_ordinal
    from {{ ref('dim_accounting_periods') }}
    group by entity_id, fiscal_year || ' ' || fiscal_quarter
    having bool_and(has_begun and not is_flash)
),

settled as (
    select
        measures.entity_id,
        lines.product_id,
        periods.fiscal_year || ' ' || periods.fiscal_quarter as quarter,
        {{ int_div('measures.revision', '10') }} as known_ordinal,
        sum(case measures.measure when 'past_window' then measures.quantity else 0 end) as settled_count,
        sum(case measures.measure when 'reversed_past_window' then measures.quantity else 0 end) as reversed_count
    from {{ ref('fct_outcome_measures') }} as measures
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = measures.line_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = measures.entity_id
        and periods.period_ordinal = measures.resolved_ordinal
    where measures.measure in ('past_window', 'reversed_past_window')
    group by all
),

closes as (
    select
        quarter_ends.entity_id,
        settled.product_id,
        quarter_ends.end_ordinal
    from quarter_ends
    inner join settled
        on settled.entity_id = quarter_ends.entity_id
        and settled.known_ordinal <= quarter_ends.end_ordinal
    group by quarter_ends.entity_id, settled.product_id, quarter_ends.end_ordinal
),

quarters as (
    select
        closes.entity_id,
        closes.product_id,
        closes.end_ordinal,
        settled.quarter,
        sum(settled.settled_count) as settled_count,
        sum(settled.reversed_count) as reversed_count
    from closes
    inner join settled
        on settled.entity_id = closes.entity_id
        and settled.product_id = closes.product_id
        and settled.known_ordinal <= closes.end_ordinal
    inner join quarter_ends
        on quarter_ends.entity_id = closes.entity_id
        and quarter_ends.quarter = settled.quarter
        and quarter_ends.end_ordinal <= closes.end_ordinal
    group by closes.entity_id, closes.product_id, closes.end_ordinal, settled.quarter
    having sum(settled.settled_count) > 0
),

rates as (
    select
        entity_id,
        product_id,
        end_ordinal,
        quarter,
        settled_count,
        cast({{ share_by_weight('cast(1 as decimal(38, 9))', 'reversed_count', 'settled_count') }} as decimal(19, 18)) as rate,
        cast({{ share_by_weight('cast(1 as decimal(38, 9))', 'sum(reversed_count) over in_all', 'sum(settled_count) over in_all') }} as decimal(19, 18)) as overall_rate
    from quarters
    window in_all as (partition by entity_id, product_id, end_ordinal)
),

int_outcome_histories as (
    select
        entity_id,
        product_id,
        cast(end_ordinal as integer) as known_from_ordinal,
        cast(lead(end_ordinal, 1, 999999) over (partition by entity_id, product_id order by end_ordinal) as integer) as known_to_ordinal,
        cast(sum(settled_count) as decimal(38, 9)) as settled_count,
        count(*) as quarter_count,
        cast(max(abs(rate - overall_rate)) as decimal(10, 9)) as largest_deviation
    from rates
    group by entity_id, product_id, end_ordinal
)

select * from int_outcome_histories
