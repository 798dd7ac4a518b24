-- One row per set of books, outcome obligation and period since its first outcome: fees at stake at its end, and how the reserve for reversals came from its opening to its closing (I11).
--
-- Used is what was reversed; what the period's outcomes add is the rate of its close on their fees. The rest is the
-- true-up: a changed rate, and the difference between what was reserved for settled outcomes and what was reversed of them.
with

moves as (
    select
        line_id,
        {{ int_div('revision', '10') }} as period_ordinal,
        sum(case measure when 'resolved' then amount else 0 end) as resolved_amount,
        sum(case measure when 'open' then amount else 0 end) as open_amount,
        sum(case measure when 'reversed' then amount else 0 end) as reversed_amount,
        sum(case measure when 'given_back' then amount else 0 end) as given_back_amount
    from {{ ref('fct_outcome_fees') }}
    group by 1, 2
),

lives as (
    select
        lines.line_id,
        lines.obligation_id,
        lines.contract_id,
        lines.entity_id,
        min(moves.period_ordinal) as first_ordinal
    from moves
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = moves.line_id
    group by 1, 2, 3, 4
),

dense as (
    select
        lives.* exclude (first_ordinal),
        periods.period_ordinal,
        coalesce(moves.resolved_amount, 0) as new_resolved_amount,
        coalesce(moves.reversed_amount, 0) as new_reversed_amount,
        coalesce(moves.given_back_amount, 0) as new_given_back_amount,
        sum(coalesce(moves.resolved_amount, 0)) over to_date as resolved_amount,
        sum(coalesce(moves.open_amount, 0)) over to_date as open_amount,
        sum(coalesce(moves.reversed_amount, 0) + coalesce(moves.given_back_amount, 0)) over to_date as taken_back_amount
    from lives
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = lives.entity_id
        and periods.period_ordinal >= lives.first_ordinal
        and periods.has_begun
    left join moves
        on moves.line_id = lives.line_id
        and moves.period_ordinal = periods.period_ordinal
    window to_date as (partition by lives.line_id order by periods.period_ordinal rows between unbounded preceding and current row)
),

judged as (
    select
        dense.*,
        policies.policy,
        policies.book_scope,
        rates.reversal_rate,
        {{ share_of_measure('dense.open_amount', billionths('coalesce(rates.reversal_rate, 0)'), '1000000000') }} as expected_back_amount,
        {{ share_of_measure('dense.new_resolved_amount', billionths('coalesce(rates.reversal_rate, 0)'), '1000000000') }} as new_expected_back_amount
    from dense
    inner join {{ ref('fct_outcome_policies') }} as policies
        on policies.line_id = dense.line_id
        and policies.known_from_ordinal <= dense.period_ordinal
        and policies.known_to_ordinal > dense.period_ordinal
    left join {{ ref('fct_reversal_rates') }} as rates
        on rates.line_id = dense.line_id
        and rates.known_from_ordinal <= dense.period_ordinal
        and rates.known_to_ordinal > dense.period_ordinal
),

totalled as (
    select
        gates.book_scope,
        judged.entity_id,
        judged.contract_id,
        judged.obligation_id,
        judged.period_ordinal,
        sum(judged.resolved_amount - judged.taken_back_amount) as entitled_amount,
        sum(judged.open_amount) as open_amount,
        sum(judged.taken_back_amount) as taken_back_amount,
        sum(judged.expected_back_amount) as expected_back_amount,
        sum(case judged.policy when 'reserve' then judged.open_amount else 0 end) as reserved_open_amount,
        sum(case judged.policy when 'reserve' then judged.expected_back_amount else 0 end) as closing_amount,
        sum(case judged.policy when 'reserve' then judged.new_expected_back_amount else 0 end) as added_amount,
        sum(case judged.policy when 'reserve' then judged.new_reversed_amount else 0 end) as used_amount,
        sum(judged.new_given_back_amount) as given_back_amount
    from judged
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = judged.contract_id
        and gates.book_scope = judged.book_scope
        and gates.gate_ordinal <= judged.period_ordinal
        and gates.until_ordinal > judged.period_ordinal
    group by 1, 2, 3, 4, 5
),

opened as (
    select
        *,
        coalesce(lag(closing_amount) over (partition by book_scope, obligation_id order by period_ordinal), 0) as opening_amount
    from totalled
),

fct_outcome_reserves as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        period_ordinal,
        cast(entitled_amount as decimal(38, 18)) as entitled_amount,
        cast(open_amount as decimal(38, 18)) as open_amount,
        cast(taken_back_amount as decimal(38, 18)) as taken_back_amount,
        cast(expected_back_amount as decimal(38, 18)) as expected_back_amount,
        cast(reserved_open_amount as decimal(38, 18)) as reserved_open_amount,
        cast(opening_amount as decimal(38, 18)) as opening_amount,
        cast(added_amount as decimal(38, 18)) as added_amount,
        cast(used_amount as decimal(38, 18)) as used_amount,
        cast(closing_amount - opening_amount - added_amount + used_amount as decimal(38, 18)) as trued_up_amount,
        cast(given_back_amount as decimal(38, 18)) as given_back_amount,
        cast(closing_amount as decimal(38, 18)) as closing_amount
    from opened
)

select * from fct_outcome_reserves
