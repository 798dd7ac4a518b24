-- One row per financed fee, closes that believed so and stretch of days: the interest of those days (D15; ASC 606-10-32-20, IFRS 15.65).
with

fct_financing_interest as (
    select
        financing.schedule_id,
        financing.line_id,
        financing.obligation_id,
        financing.contract_id,
        financing.entity_id,
        financing.currency,
        case when judged.interest_amount > 0 then 'interest_expense' else 'interest_income' end as component,
        judged.from_date,
        judged.to_date,
        cast(abs(judged.interest_amount) as decimal(38, 18)) as amount,
        financing.known_from_ordinal,
        financing.known_to_ordinal,
        financing.arrived_family,
        financing.replaced_family
    from {{ ref('int_financing__judged') }} as judged
    inner join {{ ref('fct_financing') }} as financing on financing.schedule_id = judged.schedule_id
    where judged.interest_amount <> 0
)

select * from fct_financing_interest
