-- One row per set of books and event of the journal: what posts in a period, dated, and numbered within its journal.
--
-- A journal is what one source posts for a contract on a date. Numbers are given before the legs of an
-- event are written out, and only where a period is not stored yet: a stored journal keeps its own.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
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

periods as (
    select
        periods.*,
        sealed_periods.period_ordinal is not null as is_sealed
    from {{ ref('dim_accounting_periods') }} as periods
    left join {{ ref('dim_sealed_periods') }} as sealed_periods
        on sealed_periods.entity_id = periods.entity_id
        and sealed_periods.period_ordinal = periods.period_ordinal
),

dated as (
    select
        events.*,
        periods.period_id,
        periods.is_sealed,
        -- an event of an earlier date, learned later, is dated to the first day of the period it posts in
        case
            when events.is_reversal then periods.start_date
            when events.event_date is null and periods.is_flash then cast(run.as_of as date)
            when events.event_date is null then cast(periods.end_date - interval 1 day as date)
            else greatest(events.event_date, periods.start_date)
        end as entry_date
    from events
    inner join periods
        on periods.entity_id = events.entity_id
        and periods.period_ordinal = events.period_ordinal
    cross join run
),

-- Events of both books are numbered once, before they are written out for each.
int_journal_events as (
    select
        *,
        contract_id || ':' || period_id || ':' || event_type || case when is_reversal then ':reversal' else '' end
        || coalesce(':' || source_id, '') || ':' || cast(entry_date as varchar) as journal_id,
        cast(sum(case when book_scope in ('both', 'asc606') then 1 else 0 end) over in_journal as integer) as asc606_event_number,
        cast(sum(case when book_scope in ('both', 'ifrs15') then 1 else 0 end) over in_journal as integer) as ifrs15_event_number
    from dated
    where not is_sealed
    window
        in_journal as (
            partition by contract_id, period_ordinal, event_type, is_reversal, source_id, entry_date
            order by obligation_id nulls last, component, cause_code, book_scope
            rows between unbounded preceding and current row
        )

    union all

    select
        *,
        cast(null as varchar) as journal_id,
        cast(null as integer) as asc606_event_number,
        cast(null as integer) as ifrs15_event_number
    from dated
    where is_sealed
)

select * from int_journal_events
