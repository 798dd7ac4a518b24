-- One row per licence line and close at which it changed: the period in which the customer first had its copy.
--
-- A renewal needs no copy of its own: the one of the licence it renews serves. What is owed for a milestone depends on that event,
-- and passes at the later of it and the copy (ASC 606-10-32-11, 55-58C; IFRS 15.56, B61).
with

licence_lines as (
    select * from {{ ref('dim_obligation_lines') }}
    where pattern = 'licence'
),

copies as (
    select
        line_id,
        line_id as delivered_line_id,
        passes_on,
        case when line_kind = 'milestone' then 'event' else 'copy' end as needs
    from licence_lines

    union

    select
        milestones.line_id,
        copied.line_id as delivered_line_id,
        copied.passes_on,
        'copy' as needs
    from licence_lines as milestones
    inner join licence_lines as copied
        on copied.obligation_id = milestones.obligation_id
        and copied.line_kind <> 'milestone'
    where milestones.line_kind = 'milestone'

    union

    select
        renewals.line_id,
        renewals.renewed_line_id as delivered_line_id,
        renewed.passes_on,
        'copy' as needs
    from {{ ref('fct_licence_renewals') }} as renewals
    inner join {{ ref('dim_obligation_lines') }} as renewed on renewed.line_id = renewals.renewed_line_id
),

needed as (
    select
        line_id,
        count(distinct needs) as needed_count
    from copies
    group by line_id
),

handovers as (
    select
        copies.line_id,
        copies.needs,
        deliveries.service_ordinal,
        deliveries.occurred_date,
        deliveries.known_ordinal,
        coalesce(deliveries.withdrawn_ordinal, 999999) as withdrawn_ordinal
    from copies
    inner join {{ ref('fct_deliveries') }} as deliveries
        on deliveries.line_id = copies.delivered_line_id
        and (
            deliveries.kind = copies.passes_on
            or deliveries.kind = 'delivered' and copies.passes_on = 'licence_available'
        )
),

closes as (
    select
        line_id,
        known_ordinal
    from handovers
    union
    select
        line_id,
        withdrawn_ordinal as known_ordinal
    from handovers
    where withdrawn_ordinal < 999999
),

standing as (
    select
        closes.line_id,
        closes.known_ordinal,
        handovers.needs,
        min(handovers.service_ordinal) as service_ordinal,
        min(handovers.occurred_date) as available_date,
        bool_or(handovers.known_ordinal = closes.known_ordinal) as has_arrival
    from closes
    left join handovers
        on handovers.line_id = closes.line_id
        and handovers.known_ordinal <= closes.known_ordinal
        and handovers.withdrawn_ordinal > closes.known_ordinal
    group by closes.line_id, closes.known_ordinal, handovers.needs
),

met as (
    select
        standing.line_id,
        standing.known_ordinal,
        case when count(standing.needs) = max(needed.needed_count) then max(standing.service_ordinal) end as service_ordinal,
        case when count(standing.needs) = max(needed.needed_count) then max(standing.available_date) end as available_date,
        bool_or(standing.has_arrival) as has_arrival
    from standing
    inner join needed on needed.line_id = standing.line_id
    group by standing.line_id, standing.known_ordinal
),

changed as (
    select *
    from met
    qualify
        service_ordinal is distinct from lag(service_ordinal) over (partition by line_id order by known_ordinal)
        or available_date is distinct from lag(available_date) over (partition by line_id order by known_ordinal)
),

int_licences__available as (
    select
        line_id,
        service_ordinal,
        available_date,
        known_ordinal * 10 + case when has_arrival then {{ family('usage') }} else {{ family('void') }} end as from_revision,
        lead(known_ordinal * 10 + case when has_arrival then {{ family('usage') }} else {{ family('void') }} end, 1, 99999999) over (
            partition by line_id order by known_ordinal
        ) as to_revision
    from changed
)

select * from int_licences__available
where service_ordinal is not null
