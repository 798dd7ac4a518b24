-- One row per balance or entry that was stated by hand and posts nothing.
with

adjustments as (
    select
        'ADJUSTMENT_NOT_POSTED' as exception_code,
        'block' as severity,
        adjustments.entity_id,
        case when periods.period_id is not null then adjustments.period_id end as period_id,
        contracts.contract_id,
        adjustments.adjustment_id as subject,
        adjustments.amount,
        adjustments.currency,
        adjustments.recorded_at as known_at,
        case
            when periods.period_id is null
                then 'Period ' || adjustments.period_id || ' is no accounting period of ' || adjustments.entity_id || ' that revenue posts in: the manual adjustment posts nothing.'
            when contracts.entity_id <> adjustments.entity_id
                then 'Its contract is one of entity ' || contracts.entity_id || ': the manual adjustment posts nothing.'
            else 'Its contract is in ' || contracts.currency || ': the manual adjustment in ' || adjustments.currency || ' posts nothing.'
        end as message
    from {{ accepted(ref('stg_manual_adjustments')) }} as adjustments
    left join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = adjustments.entity_id
        and periods.period_id = adjustments.period_id
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = adjustments.contract_id
    where
        adjustments.known_until_at is null
        and (periods.period_id is null or contracts.entity_id <> adjustments.entity_id or contracts.currency <> adjustments.currency)
),

-- What was built up before the first row that was loaded cannot be told from it.
openings as (
    select
        'OPENING_BALANCE_NOT_APPLIED' as exception_code,
        'block' as severity,
        balances.entity_id,
        cast(null as varchar) as period_id,
        contracts.contract_id,
        coalesce(balances.contract_id, '') || ':' || balances.posting_role || coalesce(':' || coalesce(balances.grant_id, balances.line_id), '') as subject,
        max(balances.amount) as amount,
        balances.currency,
        min(balances.recorded_at) as known_at,
        'A balance carried in moves no revenue and no balance in this version: load the history of its contract from the start, or account for it by a manual adjustment.' as message
    from {{ accepted(ref('stg_opening_balances')) }} as balances
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = balances.contract_id
    where balances.known_until_at is null
    group by balances.entity_id, contracts.contract_id, balances.contract_id, balances.posting_role, balances.grant_id, balances.line_id, balances.currency
),

int_exceptions__by_hand as (
    select * from adjustments
    union all
    select * from openings
)

select * from int_exceptions__by_hand
