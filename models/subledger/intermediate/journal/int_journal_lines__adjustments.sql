-- One row per set of books, manual adjustment, leg and entry of it: posted, reversed in the next period, undone when it was withdrawn.
--
-- An adjustment counts from its review and posts in the period that it states, or in the first that could know it.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

periods as (
    select
        periods.*,
        sealed_periods.period_ordinal is not null as is_sealed
    from {{ ref('dim_accounting_periods') }} as periods
    left join {{ ref('dim_sealed_periods') }} as sealed_periods
        on sealed_periods.entity_id = periods.entity_id
        and sealed_periods.period_ordinal = periods.period_ordinal
    where periods.has_begun
),

placed as (
    select
        adjustments.*,
        greatest(stated.period_ordinal, known.period_ordinal) as posting_ordinal,
        withdrawn.period_ordinal as withdrawn_ordinal
    from {{ accepted(ref('stg_manual_adjustments')) }} as adjustments
    inner join {{ ref('dim_accounting_periods') }} as stated
        on stated.entity_id = adjustments.entity_id
        and stated.period_id = adjustments.period_id
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = adjustments.contract_id
    {{ join_known_period('known', 'adjustments.entity_id', 'adjustments.recorded_at') }}
    {{ join_known_period('withdrawn', 'adjustments.entity_id', 'adjustments.known_until_at') }}
    where coalesce(contracts.entity_id = adjustments.entity_id and contracts.currency = adjustments.currency, adjustments.contract_id is null)
),

-- What was withdrawn before a close could know it never was.
standing as (
    select * from placed
    where coalesce(withdrawn_ordinal > posting_ordinal, true)
),

entries as (
    select
        *,
        posting_ordinal as entry_ordinal,
        1 as direction,
        false as is_reversal
    from standing
    union all
    select
        *,
        case when coalesce(is_reversing, false) then posting_ordinal + 1 else withdrawn_ordinal end as entry_ordinal,
        -1 as direction,
        true as is_reversal
    from standing
    where coalesce(is_reversing, false) or withdrawn_ordinal is not null
),

legs as (
    select
        *,
        1 as leg,
        debit_posting_role as posting_role
    from entries
    union all
    select
        *,
        2 as leg,
        credit_posting_role as posting_role
    from entries
),

dated as (
    select
        legs.*,
        periods.is_sealed,
        periods.period_id as posting_period_id,
        case
            when legs.is_reversal then periods.start_date
            when periods.is_flash then cast(run.as_of as date)
            else cast(periods.end_date - interval 1 day as date)
        end as entry_date
    from legs
    inner join periods
        on periods.entity_id = legs.entity_id
        and periods.period_ordinal = legs.entry_ordinal
    cross join run
),

int_journal_lines__adjustments as (
    select
        case book when '*' then 'both' else book end as book_scope,
        entity_id,
        contract_id,
        cast(null as varchar) as obligation_id,
        adjustment_id as source_id,
        entry_ordinal as period_ordinal,
        posting_period_id as period_id,
        entry_date,
        is_sealed,
        coalesce(contract_id, entity_id) || ':' || posting_period_id || ':manual_adjustment' || case when is_reversal then ':reversal' else '' end
        || ':' || adjustment_id || ':' || cast(entry_date as varchar) as journal_id,
        'manual_adjustment' as event_type,
        is_reversal,
        cast(null as varchar) as component,
        'NORMAL' as cause_code,
        leg as asc606_line_number,
        leg as ifrs15_line_number,
        posting_role,
        currency,
        cast(direction * case leg when 1 then amount else -amount end as decimal(38, 4)) as signed_amount
    from dated
)

select * from int_journal_lines__adjustments
