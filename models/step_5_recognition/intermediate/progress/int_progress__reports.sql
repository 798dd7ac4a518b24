-- One row per report of progress: what it adds to the measure of its obligation, and which closes count it (table 16; ASC 606-10-25-31..37, IFRS 15.39..45).
--
-- A delivery in full hands over the whole of its line: its progress where nothing else is reported, its
-- completion where something is. Use of a minimum that is earned with its overage is its progress.
with

lines as (
    select * from {{ ref('dim_obligation_lines') }}
    where pattern = 'progress'
),

counted as (
    select
        lines.obligation_id,
        lines.entity_id,
        deliveries.source_system,
        deliveries.delivery_id,
        lines.line_id,
        deliveries.occurred_at,
        deliveries.occurred_date,
        deliveries.service_ordinal,
        deliveries.known_ordinal,
        deliveries.withdrawn_ordinal,
        case
            when lines.progress_measure = 'milestone' then 'milestone'
            when deliveries.measure is null then 'handover'
            else deliveries.measure
        end as measure,
        case
            when lines.progress_measure = 'milestone'
                then lines.value_weight * case deliveries.measure when 'percent' then cast(deliveries.measure_value * 10000 as {{ wide_integer() }}) else 1000000 end
            when deliveries.measure is null then lines.value_weight * 1000000
            else deliveries.measure_value * 1000000
        end as measured
    from {{ ref('fct_deliveries') }} as deliveries
    inner join lines on lines.line_id = deliveries.line_id
    where
        case
            when lines.progress_measure = 'milestone'
                then lines.line_kind = 'milestone' and deliveries.kind = case when lines.acceptance_is_substantive then 'accepted' else 'milestone' end
            when deliveries.measure is null
                then deliveries.kind = case when lines.acceptance_is_substantive then 'accepted' else 'delivered' end
            else deliveries.kind in ('delivered', 'progress', 'milestone')
        end
),

stated as (
    select
        obligation_id,
        entity_id,
        source_system,
        delivery_id,
        line_id,
        occurred_at,
        occurred_date,
        service_ordinal,
        measure,
        known_ordinal,
        coalesce(withdrawn_ordinal, 999999) as withdrawn_ordinal,
        known_ordinal * 10 + {{ family('usage') }} as counted_from_revision,
        coalesce(withdrawn_ordinal * 10 + {{ family('void') }}, 99999999) as counted_to_revision,
        cast(measured as decimal(38, 0)) as measured_millionths
    from counted
),

int_progress__reports as (
    select * from stated
    union all by name
    select
        *,
        'usage' as source_system,
        cast(occurred_at as date) as occurred_date,
        999999 as withdrawn_ordinal,
        99999999 as counted_to_revision
    from {{ ref('int_progress__use') }}
)

select * from int_progress__reports
