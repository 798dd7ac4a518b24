-- One row per set of books, obligation and period whose invoice may wait for more than time: the fees stated for what has happened by its end, billed or not.
--
-- Of terms that a change has cut, of a later start, of an agent and of a contract lost this is not told apart: no row.
with

-- The promises themselves, and all that their contract has to complete.
looked_at as (
    select distinct
        awaited.book_scope,
        awaited.entity_id,
        awaited.contract_id,
        awaited.period_ordinal,
        lines.obligation_id
    from {{ ref('int_positions__awaited') }} as awaited
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.contract_id = awaited.contract_id
        and (lines.obligation_id = awaited.obligation_id or lines.billing_waits_for = 'completion')
    where lines.pattern <> 'price_only'
),

earned as (
    select
        looked_at.book_scope,
        looked_at.obligation_id,
        looked_at.period_ordinal,
        sum(postings.amount) as earned_amount
    from looked_at
    inner join {{ ref('fct_revenue_postings') }} as postings
        on postings.book_scope = looked_at.book_scope
        and postings.obligation_id = looked_at.obligation_id
        and postings.period_ordinal <= looked_at.period_ordinal
    -- what has an account of its own is not in the position
    where postings.component not in (select component from {{ ref('pattern_roles') }} where pattern = '*' and position_role is not null)
    group by looked_at.book_scope, looked_at.obligation_id, looked_at.period_ordinal
),

agreed as (
    select
        looked_at.book_scope,
        looked_at.contract_id,
        looked_at.obligation_id,
        looked_at.period_ordinal,
        max(lines.minor_unit_exponent) as minor_unit_exponent,
        sum(fees.allocated_amount) as allocated_amount,
        sum(case when fees.component = 'fee' then fees.stated_amount else 0 end) as stated_amount,
        sum(case
            when
                fees.component <> 'fee'
                or lines.billing_waits_for is not null
                or fees.pattern not in {{ patterns_spread_by_day() }}
                or fees.from_date >= periods.end_date
                then 0
            when fees.to_date <= periods.end_date then fees.stated_amount
            else {{ share_by_date('fees.stated_amount', 'fees.from_date', 'fees.to_date', 'periods.end_date') }}
        end) as passed_by_day,
        sum(case
            when fees.component = 'fee' and lines.billing_waits_for is null and fees.pattern not in {{ patterns_spread_by_day() }} then fees.stated_amount
            when fees.component = 'fee' and lines.billing_waits_for = 'delivery' and fees.pattern in {{ patterns_by_handover() }} then fees.stated_amount
            else 0
        end) as stated_as_performed,
        sum(case when fees.component = 'fee' and lines.billing_waits_for = 'delivery' and fees.pattern not in {{ patterns_by_handover() }} then fees.stated_amount else 0 end) as stated_at_end,
        sum(case when fees.component = 'fee' and lines.billing_waits_for = 'completion' then fees.stated_amount else 0 end) as stated_for_completion,
        bool_or(
            fees.last_segment_number > 0
            or lines.third_party_share > 0
            or coalesce(lines.billing_waits_for = 'later_start', false)
            or losses.contract_id is not null
        ) as is_untold
    from looked_at
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = looked_at.entity_id
        and periods.period_ordinal = looked_at.period_ordinal
    inner join {{ ref('fct_allocated_fees') }} as fees
        on fees.obligation_id = looked_at.obligation_id
        and fees.book_scope in ('both', looked_at.book_scope)
        and fees.known_from_ordinal <= looked_at.period_ordinal
        and fees.known_to_ordinal > looked_at.period_ordinal
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = fees.line_id
    left join {{ ref('fct_contract_losses') }} as losses
        on losses.contract_id = looked_at.contract_id
        and losses.book_scope = looked_at.book_scope
        and losses.lost_ordinal <= looked_at.period_ordinal
    group by looked_at.book_scope, looked_at.contract_id, looked_at.obligation_id, looked_at.period_ordinal
),

performed as (
    select
        agreed.*,
        coalesce(earned.earned_amount, 0) as earned_amount,
        not agreed.is_untold
        and coalesce(earned.earned_amount, 0) >= {{ round_to_minor_unit('agreed.allocated_amount', 'agreed.minor_unit_exponent') }} as is_complete
    from agreed
    left join earned
        on earned.book_scope = agreed.book_scope
        and earned.obligation_id = agreed.obligation_id
        and earned.period_ordinal = agreed.period_ordinal
),

summed as (
    select
        *,
        passed_by_day
        + case
            when stated_as_performed <> 0 then coalesce({{ share_by_weight('stated_as_performed', 'least(earned_amount, allocated_amount)', 'allocated_amount') }}, 0)
            else 0
        end
        + case when is_complete then stated_at_end else 0 end
        + case
            when bool_and(is_complete or stated_for_completion = 0) over (partition by book_scope, contract_id, period_ordinal) then stated_for_completion
            else 0
        end as met_amount
    from performed
),

int_positions__met as (
    select
        book_scope,
        obligation_id,
        period_ordinal,
        minor_unit_exponent,
        earned_amount,
        {{ round_to_minor_unit('stated_amount', 'minor_unit_exponent') }} as stated_amount,
        {{ round_to_minor_unit('met_amount', 'minor_unit_exponent') }} as met_amount
    from summed
    where not is_untold
)

select * from int_positions__met
