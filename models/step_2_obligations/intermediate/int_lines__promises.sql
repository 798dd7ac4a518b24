-- One row per contract line: what is promised and how it passes to the customer (D3, D5; asc 606-10-25-14..30, IFRS 15.22..38).
with

first_versions as (
    select * from {{ accepted(ref('stg_contract_lines')) }}
    where modified_by_event_id is null
    qualify row_number() over (partition by line_id order by recorded_at) = 1
),

grouped as (
    select
        scope_id as line_id,
        max_by(choice, recorded_at) as obligation_name
    from {{ accepted(ref('stg_policy_elections')) }}
    where topic = 'po_grouping' and scope_type = 'line' and known_until_at is null and choice <> 'computed'
    group by scope_id
),

substantive_acceptance as (
    select distinct
        scope_type,
        scope_id
    from {{ accepted(ref('stg_policy_elections')) }}
    where topic = 'acceptance' and choice = 'substantive' and known_until_at is null
),

described as (
    select
        lines.line_id,
        lines.contract_id,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        contracts.minor_unit_exponent,
        coalesce(lines.product_id, meters.product_id) as product_id,
        products.product_kind,
        lines.line_kind,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        lines.meter_id,
        lines.price_id,
        lines.parent_line_id,
        lines.billing_timing,
        {{ instant('billing_start', 'contracts.time_zone', 'lines') }} as billing_start_at,
        {{ instant('service_start', 'contracts.time_zone', 'lines') }} as service_start_at,
        grouped.obligation_name,
        exists(
            select 1 from substantive_acceptance as elected
            where
                elected.scope_type = 'global'
                or elected.scope_type = 'entity' and elected.scope_id = contracts.entity_id
                or elected.scope_type = 'product' and elected.scope_id = lines.product_id
                or elected.scope_type = 'customer' and elected.scope_id = contracts.customer_id
                or elected.scope_type = 'contract' and elected.scope_id = lines.contract_id
                or elected.scope_type = 'line' and elected.scope_id = lines.line_id
        ) as acceptance_is_substantive
    from first_versions as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('dim_meters') }} as meters on meters.meter_id = lines.meter_id
    left join {{ ref('dim_products') }} as products on products.product_id = coalesce(lines.product_id, meters.product_id)
    left join grouped on grouped.line_id = lines.line_id
),

int_lines__promises as (
    select
        *,
        case
            when line_kind = 'usage' then 'units'
            when line_kind = 'fixed_fee' and product_kind in ('access', 'support') then 'stand_ready'
            when line_kind = 'fixed_fee' and product_kind = 'good' and amount_interval = 'once' then 'single'
        end as nature,
        case
            when line_kind = 'usage' then 'D3.UNITS'
            when line_kind = 'fixed_fee' and product_kind in ('access', 'support') then 'D3.STANDREADY'
            when line_kind = 'fixed_fee' and product_kind = 'good' and amount_interval = 'once' then 'D3.SINGLE'
            else 'D3.NOT_SUPPORTED'
        end as nature_rule,
        case
            when line_kind = 'usage' then 'usage_as_rated'
            when line_kind = 'fixed_fee' and product_kind in ('access', 'support') then 'ratable_by_day'
            when line_kind = 'fixed_fee' and product_kind = 'good' and amount_interval = 'once' then 'point_in_time'
        end as pattern,
        case
            when line_kind = 'fixed_fee' and product_kind = 'good' and amount_interval = 'once' then 'D5.PIT'
            when line_kind in ('usage', 'fixed_fee') then 'D5.OT_CONSUME'
        end as timing_rule
    from described
)

select * from int_lines__promises
