-- One row per pack of credits that was billed and never granted, credits drawn on a bill that name no pack, and line of prepaid units with a burn rate of its own.
with

billed as (
    select
        line_id,
        cast(sum({{ from_minor_units('net_minor', 'minor_unit_exponent') }}) as decimal(38, 9)) as amount
    from {{ ref('fct_billing_lines') }}
    where voided_date is null
    group by line_id
),

-- What is billed for is a liability of units that nobody granted: neither use nor an end can ever earn it.
not_granted as (
    select
        'PACK_NOT_GRANTED' as exception_code,
        'block' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.line_id as subject,
        billed.amount,
        lines.currency,
        'Credits were billed and no grant says which: what is billed waits as a contract liability, and use in credits draws nothing.' as message
    from {{ ref('dim_obligation_lines') }} as lines
    inner join billed
        on billed.line_id = lines.line_id
        and billed.amount > 0
    where
        lines.line_kind = 'credit_pack'
        and lines.line_id not in (
            select grants.line_id from {{ ref('fct_credit_grants') }} as grants
            where grants.line_id is not null and not grants.is_withdrawn
        )
),

-- A price in the unit of its lots that no use of the contract has can only be a rate at which these lots are to be drawn.
rates as (
    select distinct
        stated.line_id,
        stated.contract_id,
        stated.price_id,
        prices.unit_code
    from {{ accepted(ref('stg_contract_lines')) }} as stated
    inner join {{ accepted(ref('stg_prices')) }} as prices on prices.price_id = stated.price_id
    where
        stated.line_kind in ('credit_pack', 'minimum_commitment')
        and stated.known_until_at is null
),

used as (
    select
        contract_id,
        price_id
    from {{ accepted(ref('stg_contract_lines')) }}
    where line_kind = 'usage'
),

own_rates as (
    select
        'BURN_RATE_NOT_APPLIED' as exception_code,
        'block' as severity,
        lots.entity_id,
        lots.contract_id,
        lots.line_id as subject,
        cast(sum(lots.net_consideration) as decimal(38, 9)) as amount,
        lots.currency,
        'The line states a rate of its own at which its lots are drawn (price ' || min(rates.price_id) || '): they are drawn at the rate of the use. Account for the difference by a manual adjustment, or give the use of these lots a line of its own.' as message
    from rates
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.line_id = rates.line_id
        and lots.unit_code = rates.unit_code
        and lots.known_to_ordinal = 999999
        -- what a pack costs is no rate of use
        and lots.unit_code <> lots.currency
    left join used
        on used.contract_id = rates.contract_id
        and used.price_id = rates.price_id
    where used.price_id is null
    group by lots.entity_id, lots.contract_id, lots.line_id, lots.currency
),

-- What a bill draws of no lot that is known lowers no liability.
not_placed as (
    select
        'DRAW_NOT_PLACED' as exception_code,
        'block' as severity,
        billed.entity_id,
        billed.contract_id,
        billed.document_line_id as subject,
        cast({{ from_minor_units('-billed.net_minor', 'billed.minor_unit_exponent') }} as decimal(38, 9)) as amount,
        billed.currency,
        'A bill draws credits and says neither of which grant nor of which line, where the contract sells several kinds or none: use is unbilled and the credits stay a liability.' as message
    from {{ ref('fct_billing_lines') }} as billed
    inner join {{ accepted(ref('stg_billing_document_lines')) }} as stated
        on stated.document_line_id = billed.document_line_id
        and stated.line_kind = 'credit_draw'
        and stated.known_until_at is null
    where
        billed.line_id is null
        and billed.voided_date is null
        and billed.net_minor <> 0
),

int_exceptions__packs as (
    select * from not_granted
    union all
    select * from own_rates
    union all
    select * from not_placed
)

select * from int_exceptions__packs
