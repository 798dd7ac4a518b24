-- One row per usage line segment, service period and revision: what that knowledge changed in flat amounts per billing period.
--
-- An amount whatever the quantity pays for the days of its billing period, as a fee does.
with

charged as (
    select
        rates.line_id,
        scopes.contract_id,
        rates.entity_id,
        rates.line_segment_number,
        scopes.segment_from_at,
        periods.period_ordinal as service_ordinal,
        rates.unit_code,
        greatest(rates.revision, periods.period_ordinal * 10 + {{ family('normal') }}) as from_revision,
        rates.next_revision as to_revision,
        {{ less_share('cast(coalesce(nullif(prices.flat_amount, 0), prices.rate_amount) as decimal(38, 18))', 'coalesce(rates.discount_rate, 0)') }} as flat_amount,
        cast({{ local_from_utc('scopes.scope_from_at', 'entities.time_zone') }} as date) as bill_from_date,
        cast({{ local_from_utc('scopes.scope_to_at', 'entities.time_zone') }} as date) as bill_to_date,
        cast({{ local_from_utc('greatest(scopes.segment_from_at, periods.start_at)', 'entities.time_zone') }} as date) as from_date,
        cast({{ local_from_utc('least(scopes.segment_to_at, scopes.scope_to_at, periods.end_at)', 'entities.time_zone') }} as date) as to_date
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = rates.price_version_number
        and prices.tier_number = 1
        and prices.model = 'flat'
    inner join {{ ref('fct_usage_scopes') }} as scopes
        on scopes.line_segment_number = rates.line_segment_number
        and scopes.scope = 'billing_period'
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = rates.entity_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = rates.entity_id
        and periods.start_at < least(scopes.segment_to_at, scopes.scope_to_at)
        and periods.end_at > scopes.segment_from_at
        and periods.has_begun
    where
        rates.rated_by = 'quantity'
        -- charged once for the dimensions of the price, whatever values of them are used
        and coalesce(rates.dim_1_value, '*') = coalesce(prices.dim_1_value, '*')
        and coalesce(rates.dim_2_value, '*') = coalesce(prices.dim_2_value, '*')
),

valued as (
    select
        *,
        {{ share_of('flat_amount', days_between('bill_from_date', 'to_date'), days_between('bill_from_date', 'bill_to_date')) }}
        - {{ share_of('flat_amount', days_between('bill_from_date', 'from_date'), days_between('bill_from_date', 'bill_to_date')) }} as amount
    from charged
    where to_revision > from_revision
),

{{ changes_of_charges('valued') }},

int_flat_charges as (
    select * from changed
)

select * from int_flat_charges
