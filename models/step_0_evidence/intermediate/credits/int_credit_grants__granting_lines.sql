-- One row per version of a line that grants lots by itself: included credits, and a minimum that no grant was given for.
--
-- A grant says it for its line: the one it names, that of the plan it names, or of its contract; from then on the line does not. A minimum
-- is a lot of money for each of its intervals, or for all of them together where it is settled as the contract ends (section 3.4); one that
-- states how many units of its product are bought is a lot of those.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

granted as (
    select
        lines.line_id,
        min(grants.recorded_at) as recorded_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ accepted(ref('stg_credit_grants')) }} as grants
        on case lines.line_kind
            when 'included_credits'
                then
                    grants.line_id = lines.line_id
                    or grants.grant_kind = 'entitlement' and grants.line_id = lines.parent_line_id
                    or grants.grant_kind = 'entitlement' and grants.line_id is null and grants.contract_id = lines.contract_id
            else
                grants.consideration_amount > 0 and grants.line_id = lines.line_id
                or grants.grant_kind = 'commitment' and grants.line_id is null and grants.contract_id = lines.contract_id
        end
    where lines.line_kind in ('included_credits', 'minimum_commitment')
    group by lines.line_id
),

product_units as (
    select
        product_id,
        unit_code
    from {{ accepted(ref('stg_products')) }}
    where unit_code is not null
    qualify row_number() over (partition by product_id order by recorded_at) = 1
),

lines as (
    select
        lines.line_id,
        lines.contract_id,
        places.customer_id,
        places.currency,
        places.time_zone,
        lines.line_kind,
        case when lines.line_kind = 'included_credits' or lines.quantity > 0 and product_units.unit_code is not null then lines.quantity else lines.fixed_amount end as interval_units,
        case when lines.line_kind = 'included_credits' or lines.quantity > 0 then coalesce(product_units.unit_code, places.currency) else places.currency end as unit_code,
        case lines.line_kind when 'minimum_commitment' then lines.fixed_amount else 0 end as interval_amount,
        lines.line_kind = 'minimum_commitment' and coalesce(lines.true_up_on = 'contract_end', false) as is_settled_once,
        case when lines.rollover_fraction > 0 then coalesce(lines.rollover_max_times, 999999) else 0 end as rollover_max_times,
        greatest(lines.recorded_at, changes.recorded_at) as recorded_at,
        least(lines.known_until_at, granted.recorded_at) as known_until_at,
        {{ local_from_utc('changes.segment_from_at', 'places.time_zone') }} as holds_from_local,
        {{ local_from_utc(instant('service_start', 'places.time_zone', 'lines'), 'places.time_zone') }} as start_local,
        {{ local_from_utc(
            'coalesce(' ~ instant('service_end', 'places.time_zone', 'lines') ~ ", case lines.line_kind when 'minimum_commitment' then places.effective_to end)",
            'places.time_zone',
        ) }} as end_local,
        {{ local_from_utc('run.as_of', 'places.time_zone') }} as as_of_local,
        {{ unit_of_time('lines.amount_interval', 'months') }} as interval_months,
        {{ unit_of_time('lines.amount_interval', 'days') }} as interval_days,
        row_number() over (partition by lines.line_id order by lines.recorded_at, lines.input_row) as line_version
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lines.contract_id
    left join product_units on product_units.product_id = lines.product_id
    left join granted on granted.line_id = lines.line_id
    left join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = lines.modified_by_event_id
        and changes.contract_id = lines.contract_id
        and changes.segment_from_at is not null
    cross join run
    where
        (
            lines.line_kind = 'included_credits' and lines.quantity > 0 and product_units.unit_code is not null
            or lines.line_kind = 'minimum_commitment' and lines.fixed_amount > 0
        )
        and (lines.modified_by_event_id is null or changes.contract_event_id is not null)
),

counted as (
    select
        *,
        case
            when is_settled_once
                then
                    greatest(coalesce(
                        {{ int_div(months_between('cast(start_local as date)', 'cast(end_local as date)'), 'interval_months') }},
                        {{ int_div(days_between('cast(start_local as date)', 'cast(end_local as date)'), 'interval_days') }},
                        1
                    ), 1)
            else 1
        end as interval_count
    from lines
),

int_credit_grants__granting_lines as (
    select
        * exclude (interval_units, interval_amount, interval_count, is_settled_once) replace (
            case when not is_settled_once then interval_months end as interval_months,
            case when not is_settled_once then interval_days end as interval_days
        ),
        cast(interval_units * interval_count as decimal(38, 9)) as units_granted,
        cast(interval_amount * interval_count as decimal(38, 9)) as consideration_amount
    from counted
)

select * from int_credit_grants__granting_lines
