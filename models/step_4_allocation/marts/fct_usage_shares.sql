-- One row per usage line that shares in the price of its contract and closes that believed so: what the share is of a unit.
--
-- The share stays as it is in currency and is spread over the use expected in all: never less
-- than what was used (E41; ASC 606-10-32-36, 32-43, IFRS 15.81, 88).
with

shares as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        known_from_ordinal,
        known_to_ordinal,
        share_amount - stated_amount as share_amount
    from {{ ref('fct_allocation_shares') }}
    where source = 'usage'
),

forecasts as (
    select
        forecasts.*,
        ends.period_ordinal as ends_ordinal
    from {{ ref('int_pools__forecasts') }} as forecasts
    {{ join_period_of('ends', 'forecasts.entity_id', "(forecasts.ends_at - interval '1' second)") }}
    where forecasts.line_id in (select line_id from shares)
),

used as (
    select
        line_id,
        known_ordinal,
        sum(quantity) as quantity
    from {{ ref('fct_units_by_period') }}
    where line_id in (select line_id from shares)
    group by line_id, known_ordinal
),

lives as (
    select
        line_id,
        min(known_from_ordinal) as first_ordinal
    from shares
    group by line_id
),

closes as (
    select
        line_id,
        known_from_ordinal as known_ordinal
    from shares
    union
    select
        line_id,
        known_from_ordinal as known_ordinal
    from forecasts
    union
    select
        line_id,
        known_ordinal
    from used
    union
    -- what is left of the share ends with the line
    select distinct
        line_id,
        ends_ordinal as known_ordinal
    from forecasts
    where ends_ordinal is not null
),

to_date as (
    select
        closes.line_id,
        closes.known_ordinal,
        coalesce(sum(used.quantity), 0) as quantity
    from closes
    inner join lives
        on lives.line_id = closes.line_id
        and lives.first_ordinal <= closes.known_ordinal
    left join used
        on used.line_id = closes.line_id
        and used.known_ordinal <= closes.known_ordinal
    group by closes.line_id, closes.known_ordinal
),

believed as (
    select
        to_date.line_id,
        shares.obligation_id,
        shares.contract_id,
        shares.entity_id,
        to_date.known_ordinal,
        shares.share_amount,
        forecasts.expected_quantity as forecast_quantity,
        greatest(forecasts.expected_quantity, to_date.quantity) as expected_quantity,
        to_date.quantity as used_quantity,
        forecasts.ends_ordinal
    from to_date
    inner join shares
        on shares.line_id = to_date.line_id
        and shares.known_from_ordinal <= to_date.known_ordinal
        and shares.known_to_ordinal > to_date.known_ordinal
    inner join forecasts
        on forecasts.line_id = to_date.line_id
        and forecasts.known_from_ordinal <= to_date.known_ordinal
        and forecasts.known_to_ordinal > to_date.known_ordinal
),

fct_usage_shares as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        cast(known_ordinal as integer) as known_from_ordinal,
        cast(lead(known_ordinal, 1, 999999) over (partition by line_id order by known_ordinal) as integer) as known_to_ordinal,
        cast(share_amount as decimal(38, 18)) as share_amount,
        cast(forecast_quantity as decimal(38, 9)) as forecast_quantity,
        cast(expected_quantity as decimal(38, 9)) as expected_quantity,
        cast(used_quantity as decimal(38, 9)) as used_quantity,
        cast(ends_ordinal as integer) as ends_ordinal
    from believed
)

select * from fct_usage_shares
