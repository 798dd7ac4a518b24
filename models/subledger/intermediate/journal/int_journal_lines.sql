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

events as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        source_id,
        event_date,
        period_ordinal,
        event_type,
        component,
        cause_code,
        false as is_reversal,
        amount
    from {{ ref('int_events__posted') }}

    union all

    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        cast(null as varchar) as source_id,
        cast(null as date) as event_date,
        period_ordinal,
        event_type,
        cast(null as varchar) as component,
        'NORMAL' as cause_code,
        is_reversal,
        amount
    from {{ ref('int_events__presentation') }}

    union all

    select
        book_scope,
        entity_id,
        contract_id,
        cast(null as varchar) as obligation_id,
        cast(null as varchar) as source_id,
        cast(null as date) as event_date,
        period_ordinal,
        event_type,
        component,
        'NORMAL' as cause_code,
        is_reversal,
        amount
    from {{ ref('int_events__payables') }}
),

int_journal_lines as (
    select
        events.book_scope,
        events.entity_id,
        events.contract_id,
        events.obligation_id,
        events.source_id,
        events.event_date,
        events.period_ordinal,
        events.event_type,
        events.is_reversal,
        events.component,
        events.cause_code,
        rules.leg,
        case rules.posting_role
            when 'position' then coalesce(component_roles.position_role, obligations.position_role, 'contract_liability_prepaid')
            when 'revenue'
                then case events.component when 'deposit_release' then coalesce(release_roles.revenue_role, 'revenue_usage') else component_roles.revenue_role end
            else rules.posting_role
        end as posting_role,
        -- debits are positive, credits negative
        cast(case rules.side when 'debit' then events.amount else -events.amount end as decimal(38, 4)) as signed_amount
    from events
    inner join {{ ref('posting_rules') }} as rules on rules.event_type = events.event_type
    left join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = events.obligation_id
    left join component_roles on component_roles.component = events.component
    left join release_roles
        on events.component = 'deposit_release'
        and release_roles.pattern = obligations.pattern
)

select * from int_journal_lines
