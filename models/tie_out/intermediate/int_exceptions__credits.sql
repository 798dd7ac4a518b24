-- One row per lot of credits that no usage draws, per usage line that used credits which no lot holds, and per estimate of breakage that waits for its approval.
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
        'No usage draws this lot of kind ' || grant_kind || ' (' || not_drawn_reason || '): its revenue is not recognised.' as message
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

not_approved as (
    select
        'ESTIMATE_NOT_APPROVED' as exception_code,
        'block' as severity,
        entity_id,
        cast(null as varchar) as contract_id,
        estimate_id as subject,
        cast(breakage_amount as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'Breakage of ' || cast(lot_count as varchar) || ' lots is estimated and needs a controller: the estimate counts for nothing until approved.' as message
    from {{ ref('fct_breakage_reviews') }}
    where review_status = 'awaited'
),

int_exceptions__credits as (
    select * from not_drawn
    union all
    select * from overdrawn
    union all
    select * from not_approved
)

select * from int_exceptions__credits
