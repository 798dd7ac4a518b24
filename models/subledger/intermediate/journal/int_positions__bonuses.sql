-- One row per set of books, obligation and period at whose end revenue holds some of a bonus that is not decided: a right that waits for more than time.
--
-- What may be earned for what has not happened yet, or not been found, is a contract asset until it is billed or the work is over
-- (ASC 606-10-45-3, IFRS 15.107). Of terms that a change has cut this is not told apart.
with

bonuses as (
    select
        variable.*,
        periods.period_ordinal,
        periods.end_date
    from {{ ref('fct_variable_consideration') }} as variable
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = variable.entity_id
        and periods.period_ordinal >= variable.known_from_ordinal
        and periods.period_ordinal < variable.known_to_ordinal
        and periods.has_begun
    where
        variable.variable_kind = 'contingent'
        and variable.spread_over in ('fees', 'days')
        and variable.amount > 0
),

-- The fees that it is earned with hold their part of it.
fees as (
    select
        bonuses.line_id,
        bonuses.period_ordinal,
        bonuses.amount as bonus_amount,
        fees.obligation_id,
        sum(fees.allocated_amount) as allocated_amount
    from bonuses
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.contract_id = bonuses.contract_id
        and (bonuses.target_line_id is null or lines.line_id = bonuses.target_line_id)
        and (bonuses.target_product_id is null or lines.product_id = bonuses.target_product_id)
    inner join {{ ref('fct_allocated_fees') }} as fees
        on fees.line_id = lines.line_id
        and fees.component = 'fee'
        and fees.pattern in {{ patterns_by_time() }}
        and fees.last_segment_number = 0
        and fees.book_scope in ('both', 'asc606')
        and fees.known_from_ordinal <= bonuses.period_ordinal
        and fees.known_to_ordinal > bonuses.period_ordinal
    where bonuses.spread_over = 'fees'
    group by bonuses.line_id, bonuses.period_ordinal, bonuses.amount, fees.obligation_id
),

shared as (
    select
        *,
        sum(allocated_amount) over (partition by line_id, period_ordinal) as whole_amount
    from fees
),

in_question as (
    select distinct
        obligation_id,
        period_ordinal
    from shared
),

earned as (
    select
        postings.book_scope,
        in_question.obligation_id,
        in_question.period_ordinal,
        sum(postings.amount) as amount
    from in_question
    inner join {{ ref('fct_revenue_postings') }} as postings
        on postings.obligation_id = in_question.obligation_id
        and postings.period_ordinal <= in_question.period_ordinal
    group by postings.book_scope, in_question.obligation_id, in_question.period_ordinal
),

held as (
    select
        earned.book_scope,
        shared.line_id,
        shared.obligation_id,
        shared.period_ordinal,
        {{ share_by_weight('shared.bonus_amount', 'earned.amount', 'shared.whole_amount') }} as amount
    from shared
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = shared.obligation_id
    inner join earned
        on earned.obligation_id = shared.obligation_id
        and earned.period_ordinal = shared.period_ordinal
    where
        earned.amount > 0
        and earned.amount < {{ round_to_minor_unit('shared.allocated_amount', 'obligations.minor_unit_exponent') }}
    union all
    -- one that no fee is stated beside passes by days of its own
    select
        positions.book_scope,
        bonuses.line_id,
        bonuses.obligation_id,
        bonuses.period_ordinal,
        {{ share_by_date('bonuses.amount', 'bonuses.from_date', 'bonuses.to_date', 'bonuses.end_date') }} as amount
    from bonuses
    inner join {{ ref('int_positions') }} as positions
        on positions.obligation_id = bonuses.obligation_id
        and positions.period_ordinal = bonuses.period_ordinal
    where
        bonuses.spread_over = 'days'
        and bonuses.end_date > bonuses.from_date
        and bonuses.end_date < bonuses.to_date
),

billed as (
    select
        bonuses.line_id,
        bonuses.period_ordinal,
        sum(billing.net_minor) as net_minor
    from bonuses
    inner join {{ ref('fct_billing_lines') }} as billing
        on billing.line_id = bonuses.line_id
        and billing.known_ordinal <= bonuses.period_ordinal
        and coalesce(billing.void_known_ordinal, 999999) > bonuses.period_ordinal
    group by bonuses.line_id, bonuses.period_ordinal
),

int_positions__bonuses as (
    select
        held.book_scope,
        held.obligation_id,
        held.period_ordinal,
        {{ round_to_minor_unit('sum(held.amount)', 'obligations.minor_unit_exponent') }} as waiting_amount
    from held
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = held.obligation_id
    left join billed
        on billed.line_id = held.line_id
        and billed.period_ordinal = held.period_ordinal
    -- what is billed is decided
    where coalesce(billed.net_minor, 0) <= 0
    group by held.book_scope, held.obligation_id, held.period_ordinal, obligations.minor_unit_exponent
)

select * from int_positions__bonuses
where waiting_amount > 0
