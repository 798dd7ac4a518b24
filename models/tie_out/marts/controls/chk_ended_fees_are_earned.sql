-- One row per book and obligation all of whose fee windows have passed and whose revenue is not its price (I17).
with

-- Terms as now known: what a later version replaced no longer counts.
fees as (
    select
        fees.obligation_id,
        fees.contract_id,
        fees.entity_id,
        each_book.book,
        -- by second, what is served of the last day is earned on it
        max(cast(fees.to_date + case when lines.ratable_convention = 'second' then interval 1 day else interval 0 day end as date)) as to_date,
        max(fees.known_from_ordinal) as known_from_ordinal,
        sum(fees.allocated_amount) as amount
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('dim_obligations') }} as obligations
        on obligations.obligation_id = fees.obligation_id
        and obligations.pattern = fees.pattern
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = fees.line_id
    inner join (select distinct book from {{ ref('books') }}) as each_book on fees.book_scope in ('both', each_book.book)
    where
        fees.pattern = 'ratable_by_day'
        and fees.contract_id not in ({{ contracts_whose_price_moved() }})
        and fees.known_to_ordinal = 999999
        -- what was earned under terms before a change is part of the price of those after it
        and fees.is_latest_segment
    group by fees.obligation_id, fees.contract_id, fees.entity_id, each_book.book
),

-- Over, as of the last period that is: a period in progress may still hold days of the fee.
over as (
    {{ last_period_over() }}
),

earned as (
    select
        book,
        obligation_id,
        sum(amount) as amount
    from {{ ref('fct_revenue_recognised') }}
    -- use beyond a minimum for readiness is of the same promise, and no part of its fee
    where component not in ('usage', 'overage')
    group by book, obligation_id
),

chk_ended_fees_are_earned as (
    select
        'chk_ended_fees_are_earned' as control_code,
        books.book,
        fees.entity_id,
        cast(null as varchar) as period_id,
        fees.obligation_id as subject,
        cast({{ round_to_minor_unit('fees.amount', 'obligations.minor_unit_exponent') }} as decimal(38, 18)) as expected_amount,
        cast(coalesce(earned.amount, 0) as decimal(38, 18)) as actual_amount
    from fees
    inner join over
        on over.entity_id = fees.entity_id
        and over.end_date >= fees.to_date
        and over.period_ordinal >= fees.known_from_ordinal
    -- a material right is earned as it is exercised or ends: chk_material_rights_roll_forward
    inner join {{ ref('dim_obligations') }} as obligations
        on obligations.obligation_id = fees.obligation_id
        and obligations.nature <> 'option'
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = fees.contract_id
        and gates.gate_ordinal <= over.period_ordinal
        and gates.until_ordinal = 999999
    inner join {{ ref('books') }} as books
        on books.book_scope = gates.book_scope
        and books.book = fees.book
    -- of a contract that is lost, what is for the time since then is not earned
    left join {{ ref('fct_contract_losses') }} as losses
        on losses.contract_id = fees.contract_id
        and losses.book_scope = gates.book_scope
        and losses.regained_ordinal = 999999
    left join earned
        on earned.book = books.book
        and earned.obligation_id = fees.obligation_id
    -- nor is what an agent spent beyond its mandate
    left join (
        select contract_id
        from {{ ref('fct_spend_beyond_mandates') }}
        group by contract_id
        having sum(amount) <> 0
    ) as beyond on beyond.contract_id = fees.contract_id
    where
        losses.contract_id is null
        and beyond.contract_id is null
        and {{ round_to_minor_unit('fees.amount', 'obligations.minor_unit_exponent') }} <> coalesce(earned.amount, 0)
)

select * from chk_ended_fees_are_earned
