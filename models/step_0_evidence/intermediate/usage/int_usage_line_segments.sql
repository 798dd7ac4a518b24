-- One row per usage line and stretch of time within which neither its window nor any of its prices changes.
with

lines as (
    select * from {{ ref('int_usage_lines') }}
),

terms as (
    select
        line_id,
        price_id,
        service_start,
        service_end,
        bare_dates
    from {{ accepted(ref('stg_contract_lines')) }}
    where line_kind = 'usage'
),

own_cuts as (
    select
        lines.line_id,
        {{ instant('service_start', 'entities.time_zone', 'terms') }} as cut_at
    from lines
    inner join terms on terms.line_id = lines.line_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id

    union

    select
        lines.line_id,
        {{ instant('service_end', 'entities.time_zone', 'terms') }} as cut_at
    from lines
    inner join terms on terms.line_id = lines.line_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id

    union

    select
        lines.line_id,
        {{ instant('valid_from', 'entities.time_zone', 'prices') }} as cut_at
    from lines
    inner join terms on terms.line_id = lines.line_id
    inner join {{ accepted(ref('stg_prices')) }} as prices on prices.price_id = terms.price_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id

    union

    select
        lines.line_id,
        {{ instant('valid_to', 'entities.time_zone', 'prices') }} as cut_at
    from lines
    inner join terms on terms.line_id = lines.line_id
    inner join {{ accepted(ref('stg_prices')) }} as prices on prices.price_id = terms.price_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id

    union

    select
        lines.line_id,
        terminations.effective_at as cut_at
    from lines
    inner join {{ ref('fct_terminations') }} as terminations on terminations.contract_id = lines.contract_id

    union

    select
        lines.line_id,
        changes.segment_from_at as cut_at
    from lines
    inner join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_id = lines.contract_id
        and changes.segment_from_at is not null

    union

    -- use after a customer's credit went bad may not count as that of a contract (D1)
    select
        lines.line_id,
        {{ instant('effective_at', 'entities.time_zone', 'events') }} as cut_at
    from lines
    inner join {{ accepted(ref('stg_contract_events')) }} as events
        on events.contract_id = lines.contract_id
        and events.event_kind = 'credit_deterioration'
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id
),

-- Within a segment the same prepaid lots can be drawn.
lot_cuts as (
    select
        lines.line_id,
        lots.cut_at
    from lines
    inner join {{ ref('int_credit_lots__cuts') }} as lots on lots.contract_id = lines.contract_id
),

-- A contained meter is deducted from the line of the meter that contains it, so it is cut where that line is cut.
containers as (
    select
        part.line_id,
        whole.line_id as container_line_id
    from lines as part
    inner join {{ ref('dim_meters') }} as whole_meters on whole_meters.contains_meter_id = part.meter_id
    inner join lines as whole
        on whole.contract_id = part.contract_id
        and whole.meter_id = whole_meters.meter_id
),

cuts as (
    select
        line_id,
        cut_at
    from own_cuts

    union

    select
        containers.line_id,
        own_cuts.cut_at
    from containers
    inner join own_cuts on own_cuts.line_id = containers.container_line_id

    union

    select
        line_id,
        cut_at
    from lot_cuts

    union

    select
        line_id,
        from_at as cut_at
    from lines

    union

    select
        line_id,
        to_at as cut_at
    from lines
),

-- A part of the window that only an event brought is known since that event.
arrivals as (
    select
        cuts.line_id,
        cuts.cut_at,
        min(windows.known_at) as known_at
    from cuts
    inner join {{ ref('int_usage_line_windows') }} as windows
        on windows.line_id = cuts.line_id
        and windows.from_at <= cuts.cut_at
        and coalesce(windows.to_at, timestamp '9999-12-31') > cuts.cut_at
    group by cuts.line_id, cuts.cut_at
),

endings as (
    select
        lines.line_id,
        terminations.effective_at as ended_at,
        terminations.recorded_at
    from lines
    inner join {{ ref('fct_terminations') }} as terminations on terminations.contract_id = lines.contract_id

    union all

    select
        line_id,
        to_at as ended_at,
        known_at as recorded_at
    from {{ ref('int_usage_line_windows') }}
    where says_end and contract_event_id is not null and to_at is not null
),

stretches as (
    select
        lines.*,
        cuts.cut_at as segment_from_at,
        lead(cuts.cut_at) over (partition by lines.line_id order by cuts.cut_at) as segment_to_at
    from lines
    inner join cuts
        on cuts.line_id = lines.line_id
        and cuts.cut_at >= lines.from_at
        and cuts.cut_at <= lines.to_at
),

-- Once the end is known, no further use after it finds the line.
bounded as (
    select
        stretches.* replace (
            greatest(min(stretches.known_from_at), coalesce(min(arrivals.known_at), min(stretches.known_from_at))) as known_from_at,
            least(min(stretches.known_until_at), coalesce(min(endings.recorded_at), min(stretches.known_until_at))) as known_until_at
        )
    from stretches
    left join arrivals
        on arrivals.line_id = stretches.line_id
        and arrivals.cut_at = stretches.segment_from_at
    left join endings
        on endings.line_id = stretches.line_id
        and endings.ended_at <= stretches.segment_from_at
    group by all
),

numbered as (
    select
        -- by knowledge first, so that what is learned later leaves the numbers before it as they were
        cast(row_number() over (order by known_from_at, line_id, segment_from_at) as integer) as line_segment_number,
        line_id,
        meter_id,
        contract_id,
        customer_id,
        entity_id,
        segment_from_at as from_at,
        segment_to_at as to_at,
        known_from_at,
        known_until_at
    from bounded
    where segment_to_at is not null
),

int_usage_line_segments as (
    select
        numbered.*,
        container.line_segment_number as container_segment_number
    from numbered
    left join containers on containers.line_id = numbered.line_id
    left join numbered as container
        on container.line_id = containers.container_line_id
        and container.from_at <= numbered.from_at
        and container.to_at > numbered.from_at
    -- two lines of the containing meter on one contract: the first by id takes the deduction
    qualify row_number() over (
        partition by numbered.line_segment_number
        order by container.line_segment_number nulls last, container.line_id
    ) = 1
)

select * from int_usage_line_segments
