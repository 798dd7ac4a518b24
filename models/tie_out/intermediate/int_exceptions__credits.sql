-- One row per lot of credits that no usage draws or that cannot be what was elected, usage line that used credits which no lot holds or went beyond lots that refuse it, lot whose vendor drew otherwise or whose use has no cost, and line whose stated lots lapse though it says that they roll over.
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

-- Lots that a line grants by itself roll over by its terms; stated ones roll by stated rows, and none came. Nothing follows what ends with its line.
not_rolled as (
    select
        'ROLLOVER_NOT_STATED' as exception_code,
        'warn' as severity,
        grants.entity_id,
        grants.contract_id,
        lines.line_id as subject,
        cast(sum(lapsed.units) as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'Units of stated lots lapsed though the line says that they roll over: no rollover came for them. The amount is in ' || min(grants.unit_code) || '.' as message
    from {{ ref('int_lines__rolling') }} as lines
    inner join {{ ref('fct_credit_grants') }} as grants
        on grants.grant_id = lines.grant_id
        and grants.root_grant_id is null
        and not grants.is_withdrawn
        and coalesce(grants.expires_at < lines.ends_at, true)
    inner join (
        select
            grant_id,
            sum(units) as units
        from {{ ref('fct_credit_draws') }}
        where taken_by = 'expiry'
        group by grant_id
        having sum(units) > 0
    ) as lapsed on lapsed.grant_id = grants.grant_id
    left join (
        select distinct from_grant_id as grant_id
        from {{ ref('fct_credit_grants') }}
        where from_grant_id is not null and not is_withdrawn
    ) as rolled on rolled.grant_id = grants.grant_id
    where rolled.grant_id is null
    group by grants.entity_id, grants.contract_id, lines.line_id
),

unfit as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        grant_id as subject,
        consideration as amount,
        currency,
        'The election ' || unfit_choice || ' on grant_treatment is not applied to this lot of kind ' || grant_kind || ': it is treated as ' || treatment || '.' as message
    from {{ ref('fct_credit_grants') }}
    where
        unfit_choice is not null
        and root_grant_id is null
        and not is_withdrawn
),

not_costed as (
    select
        'PROMOTION_NOT_COSTED' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        grant_id as subject,
        cast(sum(quantity) as decimal(38, 9)) as amount,
        cast(null as varchar) as currency,
        'Use that this free lot paid for is to be posted at cost and no unit cost of it is known: nothing is. The amount is in units of the meter.' as message
    from {{ ref('fct_promotional_costs') }}
    where cost_treatment = 'at_cost' and estimate_id is null
    group by entity_id, contract_id, grant_id
    having sum(quantity) <> 0
),

int_exceptions__credits as (
    select * from not_drawn
    union all
    select * from overdrawn
    union all
    select * from refused
    union all
    select * from disputed
    union all
    select * from not_rolled
    union all
    select * from unfit
    union all
    select * from not_costed
)

select * from int_exceptions__credits
