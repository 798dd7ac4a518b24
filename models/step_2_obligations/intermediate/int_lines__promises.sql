-- One row per contract line: what is promised and how it passes to the customer (D3, D5; ASC 606-10-25-14..30, IFRS 15.22..38).
with

-- A line that a contract event added is promised once that event holds.
first_versions as (
    select lines.*
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    left join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    where lines.modified_by_event_id is null or changed.input_row is not null
    qualify row_number() over (
        partition by lines.line_id
        order by case when lines.modified_by_event_id is null then 0 else 1 end, lines.recorded_at, lines.modified_by_event_id
    ) = 1
),

placed as (
    select
        lines.*,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        contracts.minor_unit_exponent,
        contracts.time_zone,
        coalesce(lines.service_end, contracts.effective_to) is not null as has_end,
        known.period_ordinal as known_ordinal
    from first_versions as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    {{ join_known_period('known', 'contracts.entity_id', 'lines.recorded_at') }}
),

-- What a line promises is decided when it is first known: an election of a later close would
-- rewrite closed periods and is not applied (an exception says so).
elected as (
    select
        placed.line_id,
        elections.topic,
        elections.choice,
        elections.election_id
    from placed
    inner join {{ accepted(ref('stg_policy_elections')) }} as elections
        on elections.topic in ('po_grouping', 'acceptance')
        and (
            elections.scope_type = 'global'
            or elections.scope_type = 'entity' and elections.scope_id = placed.entity_id
            or elections.scope_type = 'product' and elections.scope_id = placed.product_id
            or elections.scope_type = 'customer' and elections.scope_id = placed.customer_id
            or elections.scope_type = 'contract' and elections.scope_id = placed.contract_id
            or elections.scope_type = 'line' and elections.scope_id = placed.line_id
        )
    {{ join_known_period('known', 'placed.entity_id', 'elections.recorded_at') }}
    {{ join_known_period('replaced', 'placed.entity_id', 'elections.known_until_at') }}
    where
        known.period_ordinal <= placed.known_ordinal
        and coalesce(replaced.period_ordinal, 999999) > placed.known_ordinal
    qualify row_number() over (
        partition by placed.line_id, elections.topic
        order by
            case elections.scope_type
                when 'line' then 1
                when 'contract' then 2
                when 'customer' then 3
                when 'product' then 4
                when 'entity' then 5
                else 6
            end asc,
            elections.recorded_at desc,
            elections.election_id asc
    ) = 1
),

-- Lots sold by a line; the first one known says whether what is left of them is paid back.
first_lots as (
    select
        line_id,
        is_refundable
    from {{ ref('fct_credit_grants') }}
    where
        not_drawn_reason is null
        and line_id is not null
        and not is_withdrawn
        -- what is free was not bought under the line that it was put to
        and consideration > 0
    qualify row_number() over (partition by line_id order by known_ordinal, granted_at, grant_id) = 1
),

-- Use that draws what cannot be drawn yet (credits of a plan, a minimum without a lot) is neither
-- paid as it goes nor drawn from other lots: it is measured and not recognised.
undrawable as (
    select
        lines.contract_id,
        min(lines.known_ordinal) as known_ordinal
    from placed as lines
    left join first_lots on first_lots.line_id = lines.line_id
    where
        lines.line_kind = 'included_credits'
        or lines.line_kind = 'minimum_commitment' and first_lots.line_id is null
    group by lines.contract_id
),

described as (
    select
        lines.line_id,
        lines.contract_id,
        lines.entity_id,
        lines.customer_id,
        lines.currency,
        lines.minor_unit_exponent,
        coalesce(lines.product_id, meters.product_id) as product_id,
        products.product_kind,
        lines.line_kind,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        -- a good may be paid in instalments
        lines.has_end,
        lines.meter_id,
        lines.price_id,
        lines.parent_line_id,
        lines.billing_timing,
        {{ instant('billing_start', 'lines.time_zone', 'lines') }} as billing_start_at,
        {{ instant('service_start', 'lines.time_zone', 'lines') }} as service_start_at,
        nullif(grouping_elected.choice, 'computed') as obligation_name,
        coalesce(acceptance_elected.choice = 'substantive', false) as acceptance_is_substantive,
        grouping_elected.election_id as grouping_election_id,
        acceptance_elected.election_id as acceptance_election_id,
        lines.line_kind = 'usage' and undrawable.contract_id is null as is_counted_use,
        undrawable.contract_id is null and (
            lines.line_kind = 'credit_pack' or lines.line_kind = 'minimum_commitment' and first_lots.line_id is not null
        ) as sells_lots,
        coalesce(first_lots.is_refundable, false) as lots_are_refundable
    from placed as lines
    left join first_lots on first_lots.line_id = lines.line_id
    left join undrawable
        on undrawable.contract_id = lines.contract_id
        and undrawable.known_ordinal <= lines.known_ordinal
    left join {{ ref('dim_meters') }} as meters on meters.meter_id = lines.meter_id
    left join {{ ref('dim_products') }} as products on products.product_id = coalesce(lines.product_id, meters.product_id)
    left join elected as grouping_elected
        on grouping_elected.line_id = lines.line_id
        and grouping_elected.topic = 'po_grouping'
    left join elected as acceptance_elected
        on acceptance_elected.line_id = lines.line_id
        and acceptance_elected.topic = 'acceptance'
),

int_lines__promises as (
    select
        *,
        case
            when is_counted_use then 'units'
            when sells_lots then 'prepaid_units'
            when line_kind = 'fixed_fee' and product_kind in ('access', 'support') then 'stand_ready'
            when line_kind = 'fixed_fee' and product_kind = 'good' and (amount_interval = 'once' or has_end) then 'single'
        end as nature,
        case
            when is_counted_use then 'D3.UNITS'
            when sells_lots then 'D3.PREPAID_UNITS'
            when line_kind = 'fixed_fee' and product_kind in ('access', 'support') then 'D3.STANDREADY'
            when line_kind = 'fixed_fee' and product_kind = 'good' and (amount_interval = 'once' or has_end) then 'D3.SINGLE'
            else 'D3.NOT_SUPPORTED'
        end as nature_rule,
        case
            when is_counted_use then 'usage_as_rated'
            when sells_lots and lots_are_refundable then 'prepaid_refundable'
            when sells_lots then 'prepaid_units'
            when line_kind = 'fixed_fee' and product_kind in ('access', 'support') then 'ratable_by_day'
            when line_kind = 'fixed_fee' and product_kind = 'good' and (amount_interval = 'once' or has_end) then 'point_in_time'
        end as pattern,
        case
            when line_kind = 'fixed_fee' and product_kind = 'good' and (amount_interval = 'once' or has_end) then 'D5.PIT'
            when is_counted_use or line_kind = 'fixed_fee' or sells_lots then 'D5.OT_CONSUME'
        end as timing_rule
    from described
)

select * from int_lines__promises
