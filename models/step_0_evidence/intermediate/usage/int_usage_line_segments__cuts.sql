-- One row per usage line and instant at which its window, one of its prices, what governs them or the lots that can be drawn may change.
with

lines as (
    select * from {{ ref('int_usage_lines') }}
),

priced_by as (
    select
        line_id,
        line_id as priced_line_id
    from lines

    union all

    -- a line of overage without a meter prices what no lot pays for
    select distinct
        lines.line_id,
        overage.line_id as priced_line_id
    from lines
    inner join {{ accepted(ref('stg_contract_lines')) }} as overage
        on overage.contract_id = lines.contract_id
        and overage.line_kind = 'overage'
        and overage.meter_id is null
),

dated as (
    select
        lines.line_id,
        lines.contract_id,
        terms.price_id,
        entities.time_zone,
        {{ instant('service_start', 'entities.time_zone', 'terms') }} as service_start_at,
        {{ instant('service_end', 'entities.time_zone', 'terms') }} as service_end_at
    from lines
    inner join priced_by on priced_by.line_id = lines.line_id
    inner join {{ accepted(ref('stg_contract_lines')) }} as terms
        on terms.line_id = priced_by.priced_line_id
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = lines.entity_id
),

-- A discount by rate is off what the line charges in the window of the discount.
discounted as (
    select
        lines.line_id,
        {{ instant('service_start', 'lines.time_zone', 'discounts') }} as discount_from_at,
        {{ instant('service_end', 'lines.time_zone', 'discounts') }} as discount_to_at
    from lines
    inner join {{ accepted(ref('stg_contract_lines')) }} as discounts
        on discounts.contract_id = lines.contract_id
        and discounts.line_kind = 'discount'
        and discounts.discount_rate is not null
        and coalesce(discounts.parent_line_id = lines.line_id, true)
),

priced as (
    select
        dated.line_id,
        {{ instant('valid_from', 'dated.time_zone', 'prices') }} as valid_from_at,
        {{ instant('valid_to', 'dated.time_zone', 'prices') }} as valid_to_at
    from dated
    inner join {{ accepted(ref('stg_prices')) }} as prices on prices.price_id = dated.price_id
),

-- Tiers, free units and the like count anew in each window of a scope.
own_cuts as (
    {%- for relation, cut_at in [
        ('dated', 'service_start_at'), ('dated', 'service_end_at'), ('priced', 'valid_from_at'), ('priced', 'valid_to_at'),
        ('discounted', 'discount_from_at'), ('discounted', 'discount_to_at'),
        (ref('int_usage_line_scopes'), 'from_at'),
    ] %}
        select
            line_id,
            {{ cut_at }} as cut_at
        from {{ relation }}
        union
    {%- endfor %}
    select
        lines.line_id,
        terminations.effective_at as cut_at
    from lines
    inner join {{ ref('fct_terminations') }} as terminations
        on terminations.contract_id = lines.contract_id

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
        dated.line_id,
        {{ instant('effective_at', 'dated.time_zone', 'events') }} as cut_at
    from dated
    inner join {{ accepted(ref('stg_contract_events')) }} as events
        on events.contract_id = dated.contract_id
        and events.event_kind = 'credit_deterioration'
),

int_usage_line_segments__cuts as (
    select
        line_id,
        cut_at
    from own_cuts

    union

    -- a contained meter is deducted from the line of the meter that contains it, so it is cut where that line is cut
    select
        containers.line_id,
        own_cuts.cut_at
    from {{ ref('int_usage_line_containers') }} as containers
    inner join own_cuts on own_cuts.line_id = containers.container_line_id

    union

    -- within a segment the same prepaid lots can be drawn
    select
        lines.line_id,
        lots.cut_at
    from lines
    inner join {{ ref('int_credit_lots__cuts') }} as lots on lots.contract_id = lines.contract_id

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
)

select * from int_usage_line_segments__cuts
