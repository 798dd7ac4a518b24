-- One row per lot of a minimum settled in arrears and closes that believed so: what the history of its use says is never used of it (section 3.4).
--
-- Its last estimate stands until its end settles it. One that waits for a controller leaves nothing but actuals.
with

int_breakage__minimums as (
    select
        grant_id,
        as_of_ordinal as from_ordinal,
        cast(lead(as_of_ordinal, 1, 999999) over (partition by grant_id order by as_of_ordinal) as integer) as to_ordinal,
        is_relied_on or rule_code = 'D7.NOT_APPROVED' as speaks,
        cast(case when is_relied_on then minimum_amount - expected_amount else 0 end as decimal(38, 9)) as expected_units,
        cast(case when is_relied_on then minimum_amount - constrained_amount else 0 end as decimal(38, 9)) as constrained_units
    from {{ ref('fct_minimum_estimates') }}
)

select * from int_breakage__minimums
