-- One row per pair of currencies: the last rate known, to compare amounts of exceptions and never to post.
with

int_fx__last_rates as (
    select
        from_currency,
        to_currency,
        cast(
            cast({{ int_div(billionths('rate_amount') ~ ' * 1000000000', billionths('rate_per_units')) }} as decimal(18, 0))
            * cast(0.000000001 as decimal(9, 9))
            as decimal(18, 9)
        ) as rate
    from {{ accepted(ref('stg_fx_rates')) }}
    where
        known_until_at is null
        and rate_amount > 0
        and rate_amount < 1000000
        and rate_per_units > 0
    qualify row_number() over (
        partition by from_currency, to_currency
        order by rate_date desc, case rate_type when 'spot' then 1 when 'closing' then 2 else 3 end
    ) = 1
)

select * from int_fx__last_rates
