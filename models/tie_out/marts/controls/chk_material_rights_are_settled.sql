-- One row per book and material right that earned more than was deferred for it, or ended and was not earned in full (I10, I17).
--
-- Deferred = earned as exercised + earned as it ended + still open.
with

-- Terms as now known: what was deferred, and the last day on which any of it passes.
rights as (
    select
        fees.obligation_id,
        fees.contract_id,
        fees.entity_id,
        fees.book_scope,
        max(case when fees.pattern not in ('material_right', 'set_up') or fees.to_date > fees.from_date then fees.to_date end) as to_date,
        -- a right without an end, or a good that waits for its delivery, stays open
        bool_or(fees.allocated_amount <> 0 and (fees.pattern = 'point_in_time' or coalesce(fees.to_date <= fees.from_date, true))) as is_open,
        max(fees.known_from_ordinal) as known_from_ordinal,
        sum(fees.allocated_amount) as amount
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('dim_obligations') }} as obligations
        on obligations.obligation_id = fees.obligation_id
        and obligations.nature = 'option'
    where fees.known_to_ordinal = 999999
    group by fees.obligation_id, fees.contract_id, fees.entity_id, fees.book_scope
),

-- Over, as of the last period that is.
over as (
    {{ last_period_over() }}
),

earned as (
    select
        book,
        obligation_id,
        sum(amount) as amount
    from {{ ref('fct_revenue_recognised') }}
    group by book, obligation_id
),

judged as (
    select
        books.book,
        rights.entity_id,
        rights.obligation_id,
        rights.amount,
        coalesce(earned.amount, 0) as earned_amount,
        not rights.is_open and coalesce(over.end_date >= rights.to_date and over.period_ordinal >= rights.known_from_ordinal, false) as has_ended
    from rights
    inner join over on over.entity_id = rights.entity_id
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = rights.contract_id
        and gates.gate_ordinal <= over.period_ordinal
        and gates.until_ordinal = 999999
    inner join {{ ref('books') }} as books
        on books.book_scope = gates.book_scope
        and rights.book_scope in ('both', books.book)
    left join earned
        on earned.book = books.book
        and earned.obligation_id = rights.obligation_id
),

chk_material_rights_are_settled as (
    select
        'chk_material_rights_are_settled' as control_code,
        book,
        entity_id,
        cast(null as varchar) as period_id,
        obligation_id as subject,
        cast(amount as decimal(38, 18)) as expected_amount,
        cast(earned_amount as decimal(38, 18)) as actual_amount
    from judged
    where
        earned_amount > amount
        or earned_amount < 0
        or has_ended and earned_amount <> amount
)

select * from chk_material_rights_are_settled
