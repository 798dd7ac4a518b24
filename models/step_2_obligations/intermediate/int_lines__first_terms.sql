-- One row per contract line: its terms as its first close knew them, from which everything about its promise is decided.
with

-- A line that a contract event added is promised once that event holds.
dated as (
    select
        lines.*,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        contracts.minor_unit_exponent,
        contracts.time_zone,
        contracts.effective_to,
        changed.contract_event_id,
        known.period_ordinal as known_ordinal,
        known.end_at as known_period_end_at,
        min(lines.recorded_at) over (partition by lines.line_id, lines.modified_by_event_id) as first_recorded_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    left join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    {{ join_known_period('known', 'contracts.entity_id', 'lines.recorded_at') }}
    where lines.modified_by_event_id is null or changed.input_row is not null
),

-- What was corrected before any close could know it never was.
first_versions as (
    select * from dated
    {{ as_first_promised() }}
),

int_lines__first_terms as (
    select
        lines.line_id,
        lines.contract_id,
        lines.entity_id,
        lines.customer_id,
        lines.currency,
        lines.minor_unit_exponent,
        coalesce(lines.product_id, meters.product_id) as product_id,
        products.product_kind,
        products.unit_code as product_unit_code,
        lines.line_kind,
        lines.parent_line_id,
        lines.meter_id,
        lines.price_id,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        lines.fixed_amount,
        lines.quantity,
        lines.third_party_share,
        lines.billing_timing,
        {{ instant('billing_start', 'lines.time_zone', 'lines') }} as billing_start_at,
        {{ instant('service_start', 'lines.time_zone', 'lines') }} as service_start_at,
        coalesce({{ instant('service_end', 'lines.time_zone', 'lines') }}, lines.effective_to) as service_end_at,
        lines.contract_event_id,
        lines.time_zone,
        lines.known_ordinal,
        lines.known_period_end_at
    from first_versions as lines
    left join {{ ref('dim_meters') }} as meters on meters.meter_id = lines.meter_id
    left join {{ ref('dim_products') }} as products on products.product_id = coalesce(lines.product_id, meters.product_id)
)

select * from int_lines__first_terms
