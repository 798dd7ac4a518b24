-- One row per paid lot, service period and period whose close knew it first: the units used.
with

int_breakage__redemptions as (
    select
        draws.grant_id,
        draws.service_ordinal,
        cast({{ int_div('draws.revision', '10') }} as integer) as posting_ordinal,
        cast(sum(draws.units) as decimal(38, 18)) as units
    from {{ ref('fct_credit_draws') }} as draws
    where
        draws.taken_by = 'draw'
        and draws.grant_id in (select grant_id from {{ ref('int_breakage__histories') }})
    group by 1, 2, 3
    having sum(draws.units) <> 0
)

select * from int_breakage__redemptions
