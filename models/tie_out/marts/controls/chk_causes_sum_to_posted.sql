-- One row per book, obligation, period and cause whose classes do not sum to the amount, or whose catch-up has no cause (I6).
with

chk_causes_sum_to_posted as (
    select
        'chk_causes_sum_to_posted' as control_code,
        book,
        entity_id,
        period_id,
        obligation_id || ':' || cause_code as subject,
        cast(current_amount + catch_up_amount + modification_catch_up_amount as decimal(38, 18)) as expected_amount,
        cast(amount as decimal(38, 18)) as actual_amount
    from {{ ref('fct_revenue_recognised') }}
    where
        current_amount + catch_up_amount + modification_catch_up_amount is distinct from amount
        or cause_code = 'NORMAL' and catch_up_amount <> 0
)

select * from chk_causes_sum_to_posted
