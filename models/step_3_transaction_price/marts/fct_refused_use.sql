-- One row per usage line and service period with use beyond the lots of a wallet that refuses overdraft: what it would cost, and is not charged (D8).
with

used as (
    select
        charges.line_segment_number,
        charges.service_ordinal,
        charges.unit_code,
        charges.amount
    from {{ ref('int_usage_charges') }} as charges

    union all

    select
        draws.line_segment_number,
        draws.service_ordinal,
        draws.unit_code,
        -draws.units as amount
    from {{ ref('fct_credit_draws') }} as draws
    where draws.taken_by = 'draw'
),

fct_refused_use as (
    select
        refusals.entity_id,
        refusals.contract_id,
        refusals.line_id,
        cast(used.service_ordinal as integer) as service_ordinal,
        refusals.currency,
        cast(sum(used.amount) as decimal(38, 18)) as amount
    from used
    inner join {{ ref('int_wallet_refusals') }} as refusals
        on refusals.line_segment_number = used.line_segment_number
        and refusals.currency = used.unit_code
    group by refusals.entity_id, refusals.contract_id, refusals.line_id, used.service_ordinal, refusals.currency
    having abs(sum(used.amount)) >= 0.00000000000000001
)

select * from fct_refused_use
