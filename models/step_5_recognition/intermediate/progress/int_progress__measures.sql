-- One row per obligation earned by progress and close at which its measure changed (D5; ASC 606-10-25-31..36, IFRS 15.39..44).
--
-- The elected measure, else that of the first report that stands, else what is estimated, else what
-- the line says before anything is reported: a quantity is counted, a window passes by days, and
-- work without either waits for its delivery.
with

lines as (
    select * from {{ ref('dim_obligation_lines') }}
    where pattern = 'progress'
),

undecided as (
    select
        obligation_id,
        min_by(measure_until_reported, known_ordinal * 10 + case when line_kind = 'fixed_fee' then 0 else 1 end) as measure
    from lines
    where progress_measure is null
    group by obligation_id
),

signals as (
    select
        obligation_id,
        min(progress_measure) as measure,
        0 as signal_rank,
        0 as known_from_ordinal,
        999999 as known_to_ordinal,
        cast(null as timestamp) as occurred_at,
        '' as signal_id,
        {{ family('contract') }} as family
    from lines
    where progress_measure is not null
    group by obligation_id

    union all

    select
        reports.obligation_id,
        case reports.measure when 'uninstalled_cost' then 'cost' else reports.measure end as measure,
        1 as signal_rank,
        reports.known_ordinal as known_from_ordinal,
        reports.withdrawn_ordinal as known_to_ordinal,
        reports.occurred_at,
        reports.delivery_id as signal_id,
        {{ family('usage') }} as family
    from {{ ref('int_progress__reports') }} as reports
    inner join undecided on undecided.obligation_id = reports.obligation_id

    union all

    select
        totals.obligation_id,
        case totals.value_unit when 'amount' then 'cost' else 'hours' end as measure,
        2 as signal_rank,
        totals.known_from_ordinal,
        totals.known_to_ordinal,
        cast(null as timestamp) as occurred_at,
        '' as signal_id,
        {{ family('estimate') }} as family
    from {{ ref('int_progress__totals') }} as totals
    inner join undecided on undecided.obligation_id = totals.obligation_id
    where totals.kind = 'progress_total'

    union all

    select
        obligation_id,
        measure,
        3 as signal_rank,
        0 as known_from_ordinal,
        999999 as known_to_ordinal,
        cast(null as timestamp) as occurred_at,
        '' as signal_id,
        {{ family('contract') }} as family
    from undecided
),

closes as (
    select
        obligation_id,
        known_from_ordinal
    from signals
    union
    select
        obligation_id,
        known_to_ordinal as known_from_ordinal
    from signals
    where known_to_ordinal < 999999
),

chosen as (
    select
        closes.obligation_id,
        closes.known_from_ordinal,
        signals.measure,
        signals.signal_rank,
        -- what another signal gave way to arrives with the withdrawal of that
        case when signals.known_from_ordinal = closes.known_from_ordinal then signals.family else {{ family('void') }} end as family
    from closes
    inner join signals
        on signals.obligation_id = closes.obligation_id
        and signals.known_from_ordinal <= closes.known_from_ordinal
        and signals.known_to_ordinal > closes.known_from_ordinal
    qualify row_number() over (
        partition by closes.obligation_id, closes.known_from_ordinal
        order by signals.signal_rank, signals.known_from_ordinal, signals.occurred_at, signals.signal_id
    ) = 1
),

changed as (
    select *
    from chosen
    qualify measure is distinct from lag(measure) over (partition by obligation_id order by known_from_ordinal)
),

int_progress__measures as (
    select
        obligation_id,
        measure,
        signal_rank,
        known_from_ordinal,
        lead(known_from_ordinal, 1, 999999) over in_order as known_to_ordinal,
        family as arrived_family,
        lead(family, 1, {{ family('logic') }}) over in_order as replaced_family
    from changed
    window in_order as (partition by obligation_id order by known_from_ordinal)
)

select * from int_progress__measures
