-- One row per modified obligation, component, set of books, service period and revision: what remains is earned as what remains passes (D12; D5 PIT).
with

segments as (
    select
        segments.* exclude (whole, line_whole, line_passed_before, left_to_pass, passed),
        cast(segments.whole as {{ wide_integer() }}) as whole,
        cast(segments.line_whole as {{ wide_integer() }}) as line_whole,
        cast(segments.line_passed_before as {{ wide_integer() }}) as line_passed_before,
        cast(segments.left_to_pass as {{ wide_integer() }}) as left_to_pass,
        remaining.amount as remaining
    from {{ ref('int_segments__handovers') }} as segments
    inner join {{ ref('int_segments__remaining') }} as remaining
        on remaining.pool_id = segments.pool_id
        and remaining.component = segments.component
        and remaining.known_from_ordinal = segments.known_from_ordinal
        and remaining.segment_position = segments.segment_position
        and remaining.member_id = segments.part_id
),

handovers as (
    select
        segments.*,
        deliveries.service_ordinal,
        coalesce(deliveries.measure, '') not in ('units', 'percent') as passes_all,
        case deliveries.measure
            when 'units' then cast(deliveries.measure_value * 1000000 as {{ wide_integer() }})
            when 'percent' then {{ int_div('cast(deliveries.measure_value * 1000000 as ' ~ wide_integer() ~ ') * segments.line_whole', '100000000') }}
            else 0
        end as part,
        deliveries.occurred_at,
        deliveries.occurred_date,
        deliveries.delivery_id
    from segments
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = segments.line_id
    inner join {{ ref('fct_deliveries') }} as deliveries
        on deliveries.line_id = segments.line_id
        and deliveries.kind = lines.passes_on
        and deliveries.known_ordinal <= segments.known_from_ordinal
        and coalesce(deliveries.withdrawn_ordinal, 999999) > segments.known_from_ordinal
        and deliveries.occurred_date >= coalesce(segments.segment_from_date, deliveries.occurred_date)
        and deliveries.occurred_date < coalesce(segments.segment_to_date, cast(deliveries.occurred_date + interval 1 day as date))
    where segments.left_to_pass > 0
),

-- Of what the segment had left, as each handover leaves it.
cumulative as (
    select
        *,
        case
            when bool_or(passes_all) over so_far then left_to_pass
            else greatest(0, least(whole, line_passed_before + sum(part) over so_far)) - (whole - left_to_pass)
        end as passed_to_date
    from handovers
    window so_far as (
        partition by pool_id, component, part_id, known_from_ordinal, segment_position
        order by occurred_at, delivery_id
        rows between unbounded preceding and current row
    )
),

passing as (
    select
        *,
        coalesce(lag(passed_to_date) over (
            partition by pool_id, component, part_id, known_from_ordinal, segment_position order by occurred_at, delivery_id
        ), 0) as passed_to_before
    from cumulative
),

beliefs as (
    select
        component,
        obligation_id,
        contract_id,
        entity_id,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        service_ordinal,
        occurred_date as performed_date,
        {{ share_of_measure('remaining', 'passed_to_date', 'left_to_pass') }}
        - {{ share_of_measure('remaining', 'passed_to_before', 'left_to_pass') }} as amount
    from passing

    union all

    -- everything has passed already: the change of price is earned when it begins to hold
    select
        segments.component,
        segments.obligation_id,
        segments.contract_id,
        segments.entity_id,
        segments.known_from_ordinal,
        segments.known_to_ordinal,
        segments.arrived_family,
        segments.replaced_family,
        coalesce(begun.period_ordinal, 1) as service_ordinal,
        segments.segment_from_date as performed_date,
        segments.remaining as amount
    from segments
    {{ join_period_of_date('begun', 'segments.entity_id', 'segments.segment_from_date') }}
    where segments.left_to_pass = 0 and segments.segment_position > 0
),

{{ believed_within_windows('beliefs') }},

int_pattern__point_in_time_modified as (
    select
        written.book_scope,
        written.entity_id,
        written.contract_id,
        written.obligation_id,
        case written.component when 'fee' then obligations.component else written.component end as component,
        case obligations.pattern when 'milestone' then 'D5.MILESTONE' else 'D5.PIT' end as rule_code,
        written.service_ordinal,
        false as is_after_as_of,
        case
            when written.known_ordinal <= written.service_ordinal then written.known_ordinal * 10 + {{ family('normal') }}
            else written.known_ordinal * 10 + written.family
        end as revision,
        cast(sum(written.earned) as decimal(38, 18)) as amount
    from written
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = written.obligation_id
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    having sum(written.earned) <> 0
)

select * from int_pattern__point_in_time_modified
