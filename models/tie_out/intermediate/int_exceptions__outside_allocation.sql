-- One row per line of usage or prepaid credits that takes no part of a price that is spread over the other promises of its contract (D10).
with

shares as (
    select
        shares.*,
        contracts.currency
    from {{ ref('fct_allocation_shares') }} as shares
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = shares.contract_id
    where shares.known_to_ordinal = 999999
),

off_price as (
    select
        contract_id,
        entity_id,
        currency,
        max(pool_price) - max(pool_standalone_amount) as amount
    from shares
    where source = 'fee' and tranche_ordinal = 0
    group by contract_id, entity_id, currency
    having max(pool_price) <> max(pool_standalone_amount)
),

sold as (
    select
        grants.contract_id,
        grants.line_id,
        grants.unit_code,
        credits.grant_id is not null as is_shared
    from {{ ref('fct_credit_grants') }} as grants
    left join {{ ref('fct_credit_shares') }} as credits
        on credits.grant_id = grants.grant_id
        and credits.known_to_ordinal = 999999
    where
        not grants.is_free
        and not grants.is_withdrawn
        and grants.refunded_units < grants.units
        and grants.root_grant_id is null
),

-- Usage and prepaid credits of a contract whose fees are not at their standalone prices.
outside as (
    select
        case when lines.pattern in {{ patterns_by_count() }} then 'FORECAST_MISSING' else 'CREDITS_NOT_IN_ALLOCATION' end as exception_code,
        'warn' as severity,
        off_price.entity_id,
        off_price.contract_id,
        lines.line_id as subject,
        off_price.amount,
        off_price.currency,
        case
            when lines.pattern in {{ patterns_by_count() }}
                then 'The fees of the contract are not at their standalone selling prices, and without a forecast of its use in units this line takes no part of the difference: give an estimate usage_forecast, or elect variable_allocation.'
            else 'The fees of the contract are not at their standalone selling prices, and these credits, or some of them, take no part of the difference in this version: they are bought by the interval, refundable, or were granted or added after the contract was agreed.'
        end as message
    from off_price
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.contract_id = off_price.contract_id
        and lines.pattern in {{ patterns_without_fees() }}
    left join shares
        on shares.line_id = lines.line_id
    where
        -- of a minimum every lot was agreed with the contract
        (
            shares.line_id is null
            or lines.line_kind = 'minimum_commitment' and lines.line_id in (select line_id from sold where not is_shared)
        )
        -- nor is what credits of its currency pay for
        and not (
            lines.pattern in {{ patterns_by_count() }}
            and lines.contract_id in (select contract_id from sold where is_shared and unit_code = off_price.currency)
        )
        -- a royalty is the price of its licence, or shares as it becomes known
        and lines.line_id not in (select royalties.line_id from {{ ref('fct_royalty_shares') }} as royalties)
        -- what is used in credits alone was paid with them
        and coalesce(lines.price_id, '') not in (select price_id from {{ accepted(ref('stg_prices')) }} where unit_code not in (select currency from {{ ref('currencies') }}))
),

int_exceptions__outside_allocation as (
    select * replace (cast(amount as decimal(38, 9)) as amount)
    from outside
)

select * from int_exceptions__outside_allocation
