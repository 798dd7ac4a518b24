-- One row per lot and period in which something was taken of it or became known to be: what was drawn, lapsed and voided by then, as that close knew it.
with

moved as (
    select
        draws.grant_id,
        cast({{ int_div('draws.revision', '10') }} as integer) as posting_ordinal,
        sum(case draws.taken_by when 'draw' then draws.units else 0 end) as drawn_units,
        sum(case draws.taken_by when 'draw' then draws.amount else 0 end) as drawn_amount,
        sum(case draws.taken_by when 'expiry' then draws.units else 0 end) as lapsed_units,
        sum(case draws.taken_by when 'expiry' then draws.amount else 0 end) as lapsed_amount,
        sum(case when draws.taken_by in ('void', 'forfeit') then draws.units else 0 end) as voided_units
    from {{ ref('fct_credit_draws') }} as draws
    inner join {{ ref('int_breakage__lots') }} as lots on lots.grant_id = draws.grant_id
    group by 1, 2
),

int_breakage__balances as (
    select
        grant_id,
        posting_ordinal,
        lead(posting_ordinal, 1, 999999) over in_order as next_ordinal,
        cast(sum(drawn_units) over in_order as decimal(38, 18)) as drawn_units,
        cast(sum(drawn_amount) over in_order as decimal(38, 18)) as drawn_amount,
        cast(sum(lapsed_units) over in_order as decimal(38, 18)) as lapsed_units,
        cast(sum(lapsed_amount) over in_order as decimal(38, 18)) as lapsed_amount,
        cast(sum(voided_units) over in_order as decimal(38, 18)) as voided_units
    from moved
    window in_order as (partition by grant_id order by posting_ordinal)
)

select * from int_breakage__balances
