-- One row per change of what is charged, drawn or used in a usage line segment with a price of overage or drawn from lots that were free, service period and revision.
with

concerned as (
    select line_segment_number
    from {{ ref('int_overage_prices') }}
    union
    select draws.line_segment_number
    from {{ ref('fct_credit_draws') }} as draws
    inner join {{ ref('fct_credit_grants') }} as grants
        on grants.grant_id = draws.grant_id
        and grants.treatment = 'NONE'
    where draws.line_segment_number is not null
),

int_wallet_moves as (
    select
        charges.line_segment_number,
        charges.line_id,
        charges.entity_id,
        charges.service_ordinal,
        charges.unit_code,
        charges.revision,
        charges.amount as charged,
        cast(0 as decimal(38, 18)) as drawn,
        cast(0 as decimal(38, 9)) as quantity
    from {{ ref('int_usage_charges') }} as charges
    inner join concerned on concerned.line_segment_number = charges.line_segment_number

    union all

    select
        draws.line_segment_number,
        draws.line_id,
        draws.entity_id,
        draws.service_ordinal,
        draws.unit_code,
        draws.revision,
        0 as charged,
        draws.units as drawn,
        0 as quantity
    from {{ ref('fct_credit_draws') }} as draws
    inner join concerned on concerned.line_segment_number = draws.line_segment_number
    where draws.taken_by = 'draw'

    union all

    select
        usage.line_segment_number,
        usage.line_id,
        usage.entity_id,
        usage.service_ordinal,
        rates.unit_code,
        greatest({{ usage_revision('usage') }}, rates.first_revision) as revision,
        0 as charged,
        0 as drawn,
        usage.quantity
    from {{ ref('fct_usage_by_period') }} as usage
    inner join concerned on concerned.line_segment_number = usage.line_segment_number
    inner join (
        select
            line_segment_number,
            min(unit_code) as unit_code,
            min(revision) as first_revision
        from {{ ref('fct_usage_rates') }}
        where unit_code is not null
        group by line_segment_number
    ) as rates on rates.line_segment_number = usage.line_segment_number
)

select * from int_wallet_moves
