-- One row per performance obligation.
with

-- a pattern may have several components; their position is one
roles as (
    select distinct
        pattern,
        position_role
    from {{ ref('pattern_roles') }}
),

-- A licence is renewed by a line that says so, or by more time on the line itself.
renewed as (
    select obligation_id from {{ ref('fct_licence_renewals') }}
    union
    select lines.obligation_id
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('fct_changed_terms') }} as changed
        on changed.line_id = lines.line_id
        and changed.not_applied_reason is null
    inner join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = changed.contract_event_id
        and changes.event_kind = 'renewed'
    where lines.pattern = 'licence'
),

dim_obligations as (
    select
        lines.obligation_id,
        lines.contract_id,
        lines.entity_id,
        lines.customer_id,
        min(lines.product_id) as product_id,
        lines.currency,
        lines.minor_unit_exponent,
        min(lines.nature) as nature,
        min(lines.nature) in ('units', 'outcomes', 'stand_ready', 'prepaid_units', 'included_units') as is_series,
        case
            when min(lines.pattern) in ('point_in_time', 'licence') then 'point_in_time'
            when min(lines.pattern) = 'outcomes' and bool_or(lines.acceptance_is_substantive) then 'point_in_time'
            else 'over_time'
        end as timing,
        -- use that a fee or a minimum is the price of passes as that does
        coalesce(min(case when lines.pattern <> 'usage_as_rated' then lines.pattern end), min(lines.pattern)) as pattern,
        coalesce(min(case when lines.pattern <> 'usage_as_rated' then lines.component end), min(lines.component)) as component,
        min(lines.progress_measure) as progress_measure,
        case
            when min(lines.pattern) = 'licence' then 'functional'
            when min(lines.pattern) = 'licence_access' then 'symbolic'
        end as licence_nature,
        case when max(lines.third_party_share) > 0 then 'agent' else 'principal' end as acts_as,
        max(lines.third_party_share) as third_party_share,
        case when max(renewed.obligation_id) is not null then 'X5' end as difference_code,
        bool_or(lines.billing_waits_for is not null) as is_billing_conditional,
        min(roles.position_role) as position_role,
        count(*) as line_count
    from {{ ref('dim_obligation_lines') }} as lines
    inner join roles on roles.pattern = lines.pattern
    left join renewed on renewed.obligation_id = lines.obligation_id
    group by
        lines.obligation_id,
        lines.contract_id,
        lines.entity_id,
        lines.customer_id,
        lines.currency,
        lines.minor_unit_exponent
)

select * from dim_obligations
