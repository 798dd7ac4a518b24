-- One row per run of a price's tiers, usage line segment, service period, price version and revisions that believed it: a quantity to rate.
--
-- A run (run_number) is what is counted through together: a line's use at one price, within the window of its tiers.
-- Outcomes count where they stand, in the order in which they were reached (int_outcome_places).
with

-- A flat amount has nothing to count.
rates as (
    select
        rates.line_segment_number,
        rates.dim_1_value,
        rates.dim_2_value,
        rates.line_id,
        rates.entity_id,
        rates.unit_code,
        rates.price_version_number,
        coalesce(rates.discount_rate, 0) as discount_rate,
        rates.revision,
        rates.next_revision,
        lines.line_kind = 'outcome' as is_outcome,
        -- what is paid from lots has the price of the lot
        lines.currency = rates.unit_code and {{ is_averaged('rates.not_eligible_reason') }} as is_blended,
        prices.price_id,
        coalesce(prices.dim_1_value, '*') as price_dim_1_value,
        coalesce(prices.dim_2_value, '*') as price_dim_2_value,
        prices.scope,
        prices.minimum_amount,
        prices.minimum_amount > 0 or prices.maximum_amount is not null as is_bounded
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ ref('int_price_tiers') }} as prices
        on prices.price_version_number = rates.price_version_number
        and prices.tier_number = 1
        and prices.model <> 'flat'
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = rates.line_id
    where rates.rated_by = 'quantity'
),

placed as (
    select
        rates.*,
        counted.contract_id,
        counted.segment_from_at,
        counted.scope_from_at,
        counted.scope_to_at,
        billed.scope_from_at as bill_from_at,
        billed.scope_to_at as bill_to_at,
        -- bills that bound the amount of shorter tiers tie all of the line together
        case when rates.is_bounded and rates.scope <> 'billing_period' then timestamp '0001-01-01' else counted.scope_from_at end as run_from_at
    from rates
    inner join {{ ref('fct_usage_scopes') }} as counted
        on counted.line_segment_number = rates.line_segment_number
        and counted.scope = rates.scope
    inner join {{ ref('fct_usage_scopes') }} as billed
        on billed.line_segment_number = rates.line_segment_number
        and billed.scope = 'billing_period'
),

numbered as (
    select
        *,
        cast(dense_rank() over (
            order by line_id, unit_code, price_id, price_dim_1_value, price_dim_2_value, run_from_at
        ) as integer) as run_number
    from placed
),

used as (
    select
        numbered.* exclude (revision, next_revision),
        usage.service_ordinal,
        0 as place,
        false as ends_bill,
        usage.quantity,
        greatest(numbered.revision, {{ usage_revision('usage') }}) as from_revision,
        numbered.next_revision as to_revision
    from numbered
    inner join {{ ref('fct_usage_by_period') }} as usage
        on usage.line_segment_number = numbered.line_segment_number
        and usage.dim_1_value is not distinct from numbered.dim_1_value
        and usage.dim_2_value is not distinct from numbered.dim_2_value
    where numbered.next_revision > {{ usage_revision('usage') }}
),

reached as (
    select
        numbered.* exclude (revision, next_revision),
        moves.resolved_ordinal as service_ordinal,
        moves.place,
        false as ends_bill,
        case moves.measure when 'resolved' then moves.quantity else -moves.quantity end as quantity,
        greatest(numbered.revision, moves.revision) as from_revision,
        numbered.next_revision as to_revision
    from numbered
    inner join {{ ref('int_outcome_places__moves') }} as moves on moves.line_segment_number = numbered.line_segment_number
    where
        numbered.is_outcome
        and moves.measure in ('resolved', 'reversed')
        and numbered.next_revision > moves.revision
),

-- A minimum is short when its billing period is over, used or not (section 3.4).
ended as (
    select
        numbered.* exclude (revision, next_revision),
        periods.period_ordinal as service_ordinal,
        0 as place,
        true as ends_bill,
        cast(0 as decimal(38, 9)) as quantity,
        greatest(numbered.revision, periods.period_ordinal * 10 + {{ family('normal') }}) as from_revision,
        numbered.next_revision as to_revision
    from numbered
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = numbered.entity_id
        and periods.start_at < numbered.bill_to_at
        and periods.end_at >= numbered.bill_to_at
    cross join (select as_of from {{ source('state', 'run_context') }}) as run
    where
        numbered.minimum_amount > 0
        -- once for the dimensions of the price, whatever values of them are used
        and coalesce(numbered.dim_1_value, '*') = numbered.price_dim_1_value
        and coalesce(numbered.dim_2_value, '*') = numbered.price_dim_2_value
        and numbered.bill_to_at <= run.as_of
        and numbered.next_revision > periods.period_ordinal * 10 + {{ family('normal') }}
),

entries as (
    select * from used
    union all by name
    select * from reached
    union all by name
    select * from ended
),

int_rating_entries as (
    select
        run_number,
        line_id,
        contract_id,
        entity_id,
        unit_code,
        line_segment_number,
        segment_from_at,
        scope_from_at,
        scope_to_at,
        bill_from_at,
        service_ordinal,
        place,
        price_version_number,
        discount_rate,
        is_blended,
        ends_bill,
        from_revision,
        to_revision,
        cast(sum(quantity) as decimal(38, 9)) as quantity
    from entries
    group by all
)

select * from int_rating_entries
