-- One row per contract line: the performance obligation it belongs to and the pattern by which that is recognised.
--
-- A line that is price only (a discount, the price of a package) promises nothing: it stands under
-- an id of its own that is no performance obligation, so that its terms are followed as those of any line.
with

dim_obligation_lines as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        customer_id,
        product_id,
        currency,
        minor_unit_exponent,
        line_kind,
        parent_line_id,
        contract_event_id as added_by_event_id,
        meter_id,
        price_id,
        amount_interval,
        nature,
        pattern,
        component,
        passes_on,
        -- empty: what is reported decides
        case when pattern = 'progress' then coalesce(obligation_measure, case when has_milestones then 'milestone' end) end as progress_measure,
        case
            when pattern <> 'progress' then null
            when quantity > 1 and amount_interval = 'once' and upper(product_unit_code) like 'HOUR%' then 'hours'
            when quantity > 1 and amount_interval = 'once' then 'units'
            when service_end_at is not null then 'time'
            else 'handover'
        end as measure_until_reported,
        case when pattern = 'progress' then case when fixed_amount > 0 then fixed_amount else cast(1 as decimal(38, 9)) end end as value_weight,
        known_ordinal,
        acceptance_is_substantive,
        -- prepaid units are worth what was paid for them: AGENCY_NOT_APPLIED says what of it is somebody else's
        case
            when is_agent and pattern not in ('prepaid_units', 'prepaid_refundable', 'trued_up_minimum') then third_party_share
            else cast(0 as decimal(38, 9))
        end as third_party_share,
        joined_from_at,
        joined_to_at,
        case
            when billing_timing = 'on_completion' then 'completion'
            when billing_timing = 'on_delivery' or line_kind = 'milestone' then 'delivery'
            when billing_start_at > service_start_at then 'later_start'
        end as billing_waits_for,
        tiered_pricing,
        tiered_pricing_election_id,
        -- of what passes by time alone
        case when pattern in {{ patterns_by_time() }} then ratable_convention end as ratable_convention,
        cast({{ local_from_utc('coalesce(joined_from_at, service_start_at)', 'time_zone') }} as timestamp) as first_starts_local,
        cast({{ local_from_utc('case when joined_from_at is null then service_end_at else coalesce(joined_to_at, service_end_at) end', 'time_zone') }} as timestamp) as first_ends_local
    from {{ ref('int_lines__promises') }}
    where pattern is not null
)

select * from dim_obligation_lines
