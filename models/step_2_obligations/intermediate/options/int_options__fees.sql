-- One row per option line and fee of its contract that was agreed with it: the stated price against which the option is weighed.
--
-- Before allocation, in step 2: what is stated decides whether an option matters (architecture,
-- "rooms flow one way"). A fee without an end counts its first interval: no more is agreed.
with

options as (
    select distinct
        line_id,
        contract_id,
        entity_id,
        inception_ordinal
    from {{ ref('int_options__terms') }}
),

fees as (
    select
        options.line_id,
        lines.line_id as fee_line_id,
        lines.line_kind,
        lines.product_id,
        products.product_kind,
        lines.fixed_amount,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        case lines.amount_interval when 'month' then 1 when 'quarter' then 3 when 'year' then 12 end as interval_months,
        case lines.amount_interval when 'day' then 1 when 'week' then 7 end as interval_days,
        cast({{ local_from_utc(instant('service_start', 'contracts.time_zone', 'lines'), 'contracts.time_zone') }} as date) as from_date,
        cast({{ local_from_utc('coalesce(' ~ instant('service_end', 'contracts.time_zone', 'lines') ~ ', contracts.effective_to)', 'contracts.time_zone') }} as date) as to_date
    from options
    inner join {{ accepted(ref('stg_contract_lines')) }} as lines on lines.contract_id = options.contract_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('dim_products') }} as products on products.product_id = lines.product_id
    {{ join_known_period('known', 'options.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'options.entity_id', 'lines.known_until_at') }}
    where
        lines.modified_by_event_id is null
        and lines.line_kind in ('fixed_fee', 'milestone', 'minimum_commitment', 'credit_pack', 'discount', 'payable_to_customer')
        and lines.fixed_amount is not null
        and known.period_ordinal <= options.inception_ordinal
        and coalesce(replaced.period_ordinal, 999999) > options.inception_ordinal
        -- what exercises an option is not what it was granted with
        and coalesce(lines.parent_line_id, '') <> options.line_id
),

counted as (
    select
        *,
        case
            when to_date is null then 1
            when interval_months is not null
                then greatest(1, {{ int_div(months_between('from_date', 'to_date') ~ ' + interval_months - 1', 'interval_months') }})
            when interval_days is not null
                then greatest(1, {{ int_div(days_between('from_date', 'to_date') ~ ' + interval_days - 1', 'interval_days') }})
            else 1
        end as interval_count
    from fees
),

int_options__fees as (
    select
        line_id,
        fee_line_id,
        line_kind,
        product_id,
        product_kind,
        amount_interval,
        cast(interval_count as bigint) as interval_count,
        cast(fixed_amount * interval_count as decimal(38, 9)) as stated_amount,
        to_date,
        case when to_date is not null then {{ months_between('from_date', 'to_date') }} end as term_months
    from counted
)

select * from int_options__fees
