{{ config(materialized='view') }} {#- a line is either stored already or posted now: each reader takes its half -#}
-- One row per set of books, event and leg: the journal as today's facts and logic give it.
with

-- patterns may share a component: its account is one
component_roles as (
    select
        component,
        max(revenue_role) as revenue_role,
        -- components of any pattern may have a position of their own
        max(case when pattern = '*' then position_role end) as position_role
    from {{ ref('pattern_roles') }}
    where component <> 'deposit_release'
    group by component
),

-- but cash kept from an agreement is revenue of what it was paid for
release_roles as (
    select
        pattern,
        revenue_role
    from {{ ref('pattern_roles') }}
    where component = 'deposit_release'
),

rules as (
    select
        *,
        max(leg) over (partition by event_type) as legs
    from {{ ref('posting_rules') }}
),

int_journal_lines as (
    select
        events.book_scope,
        events.entity_id,
        events.contract_id,
        events.obligation_id,
        events.source_id,
        events.period_ordinal,
        events.period_id,
        events.event_date,
        events.entry_date,
        events.is_sealed,
        events.journal_id,
        events.event_type,
        events.is_reversal,
        events.component,
        events.cause_code,
        rules.leg,
        cast((events.asc606_event_number - 1) * rules.legs + rules.leg as integer) as asc606_line_number,
        cast((events.ifrs15_event_number - 1) * rules.legs + rules.leg as integer) as ifrs15_line_number,
        case rules.posting_role
            when 'position' then coalesce(component_roles.position_role, obligations.position_role, 'contract_liability_prepaid')
            when 'revenue'
                then case events.component when 'deposit_release' then coalesce(release_roles.revenue_role, 'revenue_usage') else component_roles.revenue_role end
            else rules.posting_role
        end as posting_role,
        -- debits are positive, credits negative
        cast(case rules.side when 'debit' then events.amount else -events.amount end as decimal(38, 4)) as signed_amount
    from {{ ref('int_journal_events') }} as events
    inner join rules on rules.event_type = events.event_type
    left join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = events.obligation_id
    left join component_roles on component_roles.component = events.component
    left join release_roles
        on events.component = 'deposit_release'
        and release_roles.pattern = obligations.pattern
)

select * from int_journal_lines
