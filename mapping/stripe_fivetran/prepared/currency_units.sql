-- One row per currency in use: how Stripe's whole numbers become money.
--
-- Not the ISO exponents: Stripe counts ISK and UGX in hundredths and MGA in whole units.
with

used as (
    select upper(currency) as currency from source.price
    union
    select upper(currency) as currency from source.invoice
    union
    select upper(currency) as currency from source.credit_note
    union
    select upper(currency) as currency from source.charge
    union
    select upper(currency) as currency from source.refund
    union
    select upper(currency) as currency from source.dispute
),

currency_units as (
    select
        currency,
        case
            when currency in (
                'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
            ) then 1
            when currency in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 1000
            else 100
        end as units_per_major,
        -- multiplied, never divided: engines disagree on what a quotient is
        case
            when currency in (
                'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
            ) then cast(1 as decimal(4, 3))
            when currency in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then cast(0.001 as decimal(4, 3))
            else cast(0.01 as decimal(4, 3))
        end as major_per_unit
    from used
    where currency is not null
)

select * from currency_units
