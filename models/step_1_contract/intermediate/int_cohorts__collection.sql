-- One row per cohort of self-serve contracts and close from which on enough came due: which share of it was collected, as known there (D1).
--
-- Share = collected / due, over the invoices of the cohort that had come due. The experience of the
-- cohort is evidence for each of its contracts, not the portfolio expedient (ASC 606-10-10-4, IFRS 15.4).
with

by_period as (
    select
        cohort_id,
        entity_id,
        period_ordinal,
        sum(document_count) as document_count,
        sum(due_minor) as due_minor,
        sum(collected_minor) as collected_minor
    from {{ ref('int_cohorts__invoices') }}
    group by cohort_id, entity_id, period_ordinal
),

-- Dense: each close reads the history as it knew it.
grid as (
    select
        firsts.cohort_id,
        firsts.entity_id,
        periods.period_ordinal
    from (
        select
            cohort_id,
            entity_id,
            min(period_ordinal) as first_ordinal
        from by_period
        group by cohort_id, entity_id
    ) as firsts
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = firsts.entity_id
        and periods.period_ordinal >= firsts.first_ordinal
        and periods.has_begun
),

to_date as (
    select
        grid.cohort_id,
        grid.entity_id,
        grid.period_ordinal,
        cast(sum(coalesce(by_period.document_count, 0)) over in_order as bigint) as document_count,
        sum(coalesce(by_period.due_minor, 0)) over in_order as due_minor,
        sum(coalesce(by_period.collected_minor, 0)) over in_order as collected_minor
    from grid
    left join by_period
        on by_period.cohort_id = grid.cohort_id
        and by_period.period_ordinal = grid.period_ordinal
    window in_order as (partition by grid.cohort_id order by grid.period_ordinal)
),

minimums as (
    {{ threshold_of('cohort_collection_minimum') }}
),

int_cohorts__collection as (
    select
        to_date.cohort_id,
        to_date.entity_id,
        to_date.period_ordinal,
        to_date.document_count,
        {{ from_billionths(int_div(
            'cast(least(greatest(to_date.collected_minor, 0), to_date.due_minor) as ' ~ wide_integer() ~ ') * 1000000000',
            'cast(to_date.due_minor as ' ~ wide_integer() ~ ')',
        )) }} as collected_share
    from to_date
    inner join minimums
        on minimums.entity_id = to_date.entity_id
        and minimums.from_ordinal <= to_date.period_ordinal
        and minimums.to_ordinal > to_date.period_ordinal
    where
        to_date.document_count >= minimums.threshold
        and to_date.due_minor > 0
)

select * from int_cohorts__collection
