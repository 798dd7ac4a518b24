-- One row per row of terms of a usage line that an event changed: its window, and since when it was known.
with

terms as (
    select
        lines.line_id,
        lines.contract_id,
        lines.modified_by_event_id,
        lines.service_start,
        lines.service_end,
        lines.bare_dates,
        lines.recorded_at,
        lines.known_until_at,
        changes.segment_from_at,
        changes.effective_at,
        greatest(lines.recorded_at, changes.recorded_at, changes.approved_at) as agreed_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    left join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = lines.modified_by_event_id
        and changes.contract_id = lines.contract_id
        and changes.approved_at is not null
        and changes.known_to_ordinal = 999999
    where
        lines.line_kind in {{ counting_line_kinds() }}
        and {{ counted_by('lines') }} is not null
        and (lines.modified_by_event_id is null or changes.contract_event_id is not null)
    qualify bool_or(lines.modified_by_event_id is not null) over (partition by lines.line_id)
),

int_usage_line_windows as (
    select
        terms.line_id,
        terms.modified_by_event_id as contract_event_id,
        {{ instant('service_start', 'entities.time_zone', 'terms') }} as from_at,
        -- an end agreed after it has passed is the end of the segment before
        case
            when terms.service_end is not null
                then greatest({{ instant('service_end', 'entities.time_zone', 'terms') }}, coalesce(terms.segment_from_at, terms.service_start))
        end as to_at,
        coalesce(terms.agreed_at, terms.recorded_at) as known_at,
        -- of the rows that hold today, the last one says when the line ends
        row_number() over (
            partition by terms.line_id
            order by case when terms.known_until_at is null then 0 else 1 end, terms.segment_from_at desc nulls last, terms.effective_at desc, terms.modified_by_event_id desc
        ) = 1 as says_end
    from terms
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = terms.contract_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = places.entity_id
)

select * from int_usage_line_windows
