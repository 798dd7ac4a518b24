-- One row per line segment, dimensions and version of its price as the closes knew it.
--
-- A price that is one rate is a pair of whole numbers (two_parts): 10^-18ths of the currency per unit,
-- and the rest of that division, so that a product with any quantity is exact to the 18th decimal. Of
-- any other price the charge depends on how much was used before (rated_by quantity: int_rating_beliefs), or in
-- each event alone (rated_by event: int_event_charges).
with

priced as (
    select
        *,
        not_rated_reason is null as is_rated,
        case
            when not_rated_reason is not null then null
            when is_plain_rate then 'rate'
            when scope = 'event' then 'event'
            else 'quantity'
        end as rated_by,
        {{ billionths('rate_amount') }} * (1000000000 - {{ billionths('coalesce(discount_rate, 0)') }}) as rate_attos,
        {{ billionths('rate_per_quantity') }} as per_billionths
    from {{ ref('int_usage_rates__chosen') }}
),

valued as (
    select
        *,
        case when rated_by = 'rate' then {{ int_div('rate_attos * 1000000000', 'per_billionths') }} else 0 end as rate_whole,
        case
            when rated_by = 'rate'
                then {{ eighteen_digits('(rate_attos * 1000000000) % per_billionths', 'per_billionths') }}
            else 0
        end as rate_rest,
        -- what tells one version from the next where there is no rate
        case when rated_by <> 'rate' then cast(price_version_number as varchar) || '|' || cast(coalesce(discount_rate, 0) as varchar) end as function_key
    from priced
),

compared as (
    select
        *,
        row_number() over version as version_number,
        lag(rate_whole) over version as rate_whole_before,
        lag(rate_rest) over version as rate_rest_before,
        lag(function_key) over version as function_key_before,
        lag(is_rated) over version as is_rated_before
    from valued
    window version as (partition by line_segment_number, dim_1_value, dim_2_value order by known_from_ordinal)
),

-- A version that changes nothing is no version: what is reaffirmed writes no row.
changed as (
    select *
    from compared
    where
        version_number = 1
        or rate_whole <> rate_whole_before
        or rate_rest <> rate_rest_before
        or function_key is distinct from function_key_before
        or is_rated <> is_rated_before
),

revised as (
    select
        *,
        -- the first price comes with the agreement, a later one with a change of terms or as a correction
        known_from_ordinal * 10 + case
            when row_number() over version = 1 then {{ family('contract') }}
            when arrived_family = {{ family('modification') }} then {{ family('modification') }}
            else {{ family('rating') }}
        end as revision,
        coalesce(lag(rate_whole) over version, 0) as previous_rate_whole,
        coalesce(lag(rate_rest) over version, 0) as previous_rate_rest
    from changed
    window version as (partition by line_segment_number, dim_1_value, dim_2_value order by known_from_ordinal)
),

fct_usage_rates as (
    select
        line_segment_number,
        dim_1_value,
        dim_2_value,
        line_id,
        entity_id,
        price_id,
        case when rated_by <> 'rate' then price_version_number end as price_version_number,
        known_from_ordinal,
        revision,
        coalesce(
            lead(revision) over (
                partition by line_segment_number, dim_1_value, dim_2_value order by known_from_ordinal
            ),
            99999999
        ) as next_revision,
        is_rated,
        rated_by,
        not_rated_reason,
        case when is_rated then not_eligible_reason end as not_eligible_reason,
        charged_unit_code as unit_code,
        rate_amount,
        rate_per_quantity,
        discount_rate,
        cast(rate_whole as decimal(38, 0)) as rate_whole,
        cast(rate_rest as decimal(38, 0)) as rate_rest,
        cast(rate_whole - previous_rate_whole as decimal(38, 0)) as rate_whole_change,
        cast(rate_rest - previous_rate_rest as decimal(38, 0)) as rate_rest_change
    from revised
)

select * from fct_usage_rates
