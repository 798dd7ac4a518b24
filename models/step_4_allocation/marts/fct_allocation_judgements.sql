-- One row per book, performance obligation, minimum or step of a ramp, decision and close at which it changed: how its share of the price was found (D10, section 3.1), and whether it was immaterial (D3).
with

-- Since when each book allocates something to the obligation.
allocated as (
    select
        allocations.book,
        allocations.entity_id,
        allocations.obligation_id,
        max(allocations.component) = 'usage' as is_usage,
        min(periods.period_ordinal) as first_ordinal,
        max(allocations.standalone_selling_price) as standalone_selling_price
    from {{ ref('fct_price_allocations') }} as allocations
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = allocations.entity_id
        and periods.period_id = allocations.as_of_period_id
    group by allocations.book, allocations.entity_id, allocations.obligation_id
),

shared as (
    select
        *,
        row_number() over (partition by obligation_id, known_from_ordinal order by pool_id desc, line_id asc) as place
    from {{ ref('fct_allocation_shares') }}
),

judged as (
    select
        allocated.book,
        allocated.entity_id,
        allocated.obligation_id,
        case shared.method when 'ELECTED_SPECIFIC' then 'DISCOUNT_SPECIFIC' else shared.method end as outcome,
        'D10.' || shared.method as rule_code,
        'price=' || cast(cast(shared.pool_price as decimal(38, 4)) as varchar)
        || '; standalone_selling_prices=' || cast(cast(shared.pool_standalone_amount as decimal(38, 4)) as varchar)
        || '; of_this=' || cast(cast(shared.standalone_amount as decimal(38, 4)) as varchar)
        || '; found_by=' || shared.selling_price_methods
        || coalesce('; bundle=' || shared.bundle_product_id, '')
        || coalesce('; residual_refused=' || shared.residual_refused, '')
        || case when shared.lacks_ssp then '; no price in the book: the stated one stands in' else '' end as inputs_seen,
        case when shared.discount_election_id is not null then 'election ' || shared.discount_election_id else 'default' end as basis,
        greatest(shared.known_from_ordinal, allocated.first_ordinal) as as_of_ordinal
    from allocated
    inner join shared
        on shared.obligation_id = allocated.obligation_id
        and shared.known_to_ordinal > allocated.first_ordinal
        and shared.place = 1

    union all

    select
        allocated.book,
        allocated.entity_id,
        allocated.obligation_id,
        case when allocated.is_usage then 'VC_SPECIFIC' else 'STATED_PRICE' end as outcome,
        case when allocated.is_usage then 'D10.VC_SPECIFIC' else 'D10.STATED_PRICE' end as rule_code,
        'standalone_selling_price=' || coalesce(cast(allocated.standalone_selling_price as varchar), 'none needed') as inputs_seen,
        'default' as basis,
        allocated.first_ordinal as as_of_ordinal
    from allocated
    where allocated.obligation_id not in (select obligation_id from shared)
),

-- A close that decides as the one before leaves no row; of several in one close the last counts.
latest as (
    select *
    from judged
    qualify row_number() over (partition by book, obligation_id, as_of_ordinal order by outcome, inputs_seen) = 1
),

compared as (
    select
        *,
        lag(outcome || rule_code || inputs_seen || basis) over (partition by book, obligation_id order by as_of_ordinal) as before
    from latest
),

fct_allocation_judgements as (
    select
        book,
        entity_id,
        'obligation' as subject_type,
        obligation_id as subject,
        'D10' as decision_code,
        outcome,
        rule_code,
        inputs_seen,
        basis,
        cast(as_of_ordinal as integer) as as_of_ordinal
    from compared
    where outcome || rule_code || inputs_seen || basis is distinct from before

    union all

    select
        'asc606' as book,
        entity_id,
        'obligation' as subject_type,
        obligation_id as subject,
        'D3.IMMATERIAL' as decision_code,
        case when is_immaterial then 'IMMATERIAL' else 'MATERIAL' end as outcome,
        'D3.IMMATERIAL_SHARE' as rule_code,
        'difference=X8; standalone_selling_price=' || cast(cast(standalone_amount as decimal(38, 4)) as varchar)
        || '; with_lesser_promises=' || cast(cast(with_lesser_amount as decimal(38, 4)) as varchar)
        || '; of_contract=' || cast(cast(contract_amount as decimal(38, 4)) as varchar)
        || '; threshold=' || cast(cast(threshold_share as decimal(38, 4)) as varchar) as inputs_seen,
        'election ' || election_id as basis,
        decided_ordinal as as_of_ordinal
    from {{ ref('fct_immaterial_promises') }}

    union all

    -- section 3.5: overage with the units that it is for (A), or one price with its minimum (B)
    select
        '*' as book,
        commitments.entity_id,
        'line' as subject_type,
        commitments.line_id as subject,
        'D10.OVERAGE' as decision_code,
        case when commitments.is_by_progress then 'TP_PROGRESS' else 'VC_DISTINCT' end as outcome,
        commitments.overage_rule as rule_code,
        'price of overage beside that of the units of the minimum; forecast of all use; one interval' as inputs_seen,
        coalesce('election ' || commitments.overage_election_id, 'default') as basis,
        commitments.known_ordinal as as_of_ordinal
    from {{ ref('fct_commitments') }} as commitments
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = commitments.line_id
    where not commitments.is_stand_ready

    union all

    -- section 3.1: one price per unit for the steps of a series
    select
        '*' as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        'D10.RAMP' as decision_code,
        case when is_levelled then 'LEVELLED' else 'AS_STATED' end as outcome,
        case when is_levelled then 'D10.RAMP_LEVELLED' else 'D10.RAMP_AS_STATED' end as rule_code,
        'ramp=' || ramp_id || '; steps=' || cast(step_count as varchar) as inputs_seen,
        coalesce('election ' || election_id, 'default') as basis,
        known_ordinal as as_of_ordinal
    from {{ ref('fct_ramp_steps') }}
)

select * from fct_allocation_judgements
