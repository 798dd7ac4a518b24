-- One row per lot of credits that no usage draws, usage line that used credits which no lot holds or went beyond lots that refuse it, and lot whose vendor drew otherwise.
with

not_drawn as (
    select
        'GRANT_NOT_DRAWN' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        grant_id as subject,
        consideration as amount,
        currency,
        'No usage draws this lot of kind ' || grant_kind || ' (' || not_drawn_reason || '): nothing is recognised of it.' as message
    from {{ ref('fct_credit_grants') }}
    where not_drawn_reason is not null and not is_withdrawn
),

overdrawn as (
    select
        'CREDITS_OVERDRAWN' as exception_code,
        'warn' as severity,
        shortfalls.entity_id,
        shortfalls.contract_id,
        shortfalls.line_id as subject,
        sum(shortfalls.units) as amount,
        cast(null as varchar) as currency,
        'Credits were used that no lot holds: give the lot, or a price in the contract''s currency. The amount is in ' || min(shortfalls.unit_code) || '.' as message
    from {{ ref('fct_credit_shortfalls') }} as shortfalls
    group by shortfalls.entity_id, shortfalls.contract_id, shortfalls.line_id
    having sum(shortfalls.units) <> 0
),

refused as (
    select
        'OVERDRAFT_REFUSED' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        line_id as subject,
        sum(amount) as amount,
        currency,
        'Use went beyond the lots of a contract that refuses overdraft: nothing is charged for it.' as message
    from {{ ref('fct_refused_use') }}
    group by entity_id, contract_id, line_id, currency
    having sum(amount) <> 0
),

-- What the vendor drew later, or from the lot beside, is no difference of the wallet.
disputed as (
    select
        'CREDIT_DRAWS_DIFFER' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        grant_id as subject,
        sum(difference_units) as amount,
        cast(null as varchar) as currency,
        'The vendor''s record of draws differs from ours (' || lower(min(cause)) || '): compare fct_credit_draw_reconciliation. The amount is in ' || min(unit_code) || '.' as message
    from {{ ref('fct_credit_draw_reconciliation') }}
    where cause in ('BEYOND_BALANCE', 'NOT_METERED', 'QUANTITY')
    group by entity_id, contract_id, grant_id
),

int_exceptions__credits as (
    select * from not_drawn
    union all
    select * from overdrawn
    union all
    select * from refused
    union all
    select * from disputed
)

select * from int_exceptions__credits
