-- One row per line that an event adds at another price than its standalone price, and closes that know so: the day from which it shares what remains of its contract.
--
-- What is added at its standalone price is a contract of its own (25-12, IFRS 15.20), what is bought under an option stands as stated.
-- Of what is agreed interval by interval only the interval in progress remains: nothing is shared.
with

by_interval as (
    select distinct contract_id
    from {{ ref('fct_fee_intervals') }}
    where tranche_ordinal > 0
),

int_pools__added_lines as (
    select
        added.line_id,
        added.contract_id,
        added.contract_event_id,
        cast({{ local_from_utc('added.segment_from_at', 'contracts.time_zone') }} as date) as shared_from_date,
        cast(greatest(added.known_from_ordinal, prices.known_from_ordinal) as integer) as known_from_ordinal,
        cast(least(added.known_to_ordinal, prices.known_to_ordinal) as integer) as known_to_ordinal
    from {{ ref('fct_line_modifications') }} as added
    inner join {{ ref('fct_line_selling_prices') }} as prices
        on prices.line_id = added.line_id
        and prices.contract_event_id = added.contract_event_id
        and prices.known_from_ordinal < added.known_to_ordinal
        and prices.known_to_ordinal > added.known_from_ordinal
        and not prices.is_at_ssp
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = added.contract_id
    where
        added.adds = 'line'
        and added.treatment = 'PROSPECTIVE'
        and added.line_id not in (select outside.line_id from {{ ref('int_rights__outside_pools') }} as outside)
        and added.contract_id not in (select by_interval.contract_id from by_interval)
)

select * from int_pools__added_lines
