-- One row per outcome line, policy, component, service period and revision: what that knowledge changed in what the policy earns (section 3.7).
--
-- Conservative: fees as windows close, in the period in which they do. Reserve: all fees in the period of the outcome, less those
-- reversed and a share of those still open; what becomes of them is about performance already delivered, so it keeps
-- that period (ASC 606-10-50-12A, IFRS 15.116). Both are computed for every line.
with

fees as (
    select * from {{ ref('fct_outcome_fees') }}
),

rates as (
    select
        *,
        known_from_ordinal * 10 + {{ family('estimate') }} as rate_revision,
        known_to_ordinal * 10 + {{ family('estimate') }} as until_revision
    from {{ ref('fct_reversal_rates') }}
),

-- A rate holds for what is open as long as it is believed, and is taken back when another one is.
reserved as (
    select
        fees.*,
        rates.rate_revision,
        rates.until_revision,
        rates.known_to_ordinal,
        {{ share_of_measure('fees.amount', billionths('rates.reversal_rate'), '1000000000') }} as reserve_amount
    from fees
    inner join rates
        on rates.line_id = fees.line_id
        and rates.until_revision > fees.revision
    where fees.measure = 'open'
),

earned as (
    select
        line_id,
        segment_from_at,
        'conservative' as policy,
        case measure when 'confirmed' then 'outcome' else 'concession' end as component,
        service_ordinal,
        revision,
        case measure when 'confirmed' then amount else -amount end as amount
    from fees
    where measure in ('confirmed', 'given_back')

    union all

    select
        line_id,
        segment_from_at,
        'reserve' as policy,
        case measure when 'resolved' then 'outcome' when 'reversed' then 'reversal' else 'concession' end as component,
        resolved_ordinal as service_ordinal,
        revision,
        case measure when 'resolved' then amount else -amount end as amount
    from fees
    where measure in ('resolved', 'reversed', 'given_back')

    union all

    select
        line_id,
        segment_from_at,
        'reserve' as policy,
        'reserve' as component,
        resolved_ordinal as service_ordinal,
        greatest(revision, rate_revision) as revision,
        -reserve_amount as amount
    from reserved

    union all

    select
        line_id,
        segment_from_at,
        'reserve' as policy,
        'reserve' as component,
        resolved_ordinal as service_ordinal,
        until_revision as revision,
        reserve_amount as amount
    from reserved
    where known_to_ordinal < 999999
),

fct_outcome_consideration as (
    select
        lines.entity_id,
        lines.contract_id,
        lines.obligation_id,
        earned.line_id,
        earned.segment_from_at,
        earned.policy,
        case when earned.component = 'outcome' and lines.third_party_share > 0 then 'agency' else earned.component end as component,
        earned.service_ordinal,
        earned.revision,
        cast(sum(earned.amount) as decimal(38, 18)) as amount
    from earned
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = earned.line_id
    group by all
    having sum(earned.amount) <> 0
)

select * from fct_outcome_consideration
