-- One row per lot, what took its units, usage line segment, service period and revision: what that knowledge changed.
--
-- The burn-down kernel: a run of the wallet is a belief held from its revision until the next. Its
-- draws are written once when it begins and taken back once when it is replaced; what is known by
-- the close of its own period is current. Units left when a part of the lot ends lapse there.
with

runs as (
    select * from {{ ref('int_wallet_runs') }}
),

parts as (
    select * from {{ ref('int_wallet_lots') }}
),

drawn as (
    select
        parts.run_number,
        parts.grant_id,
        parts.version_number,
        parts.part_number,
        'draw' as taken_by,
        usage.line_id,
        usage.line_segment_number,
        usage.service_ordinal,
        draws.units
    from {{ ref('int_wallet_draws') }} as draws
    inner join {{ ref('int_wallet_usage') }} as usage on usage.usage_number = draws.usage_number
    inner join parts on parts.lot_number = draws.lot_number
),

drawn_by_part as (
    select
        lot_number,
        sum(units) as units
    from {{ ref('int_wallet_draws') }}
    group by lot_number
),

-- What is paid back on demand never lapses: it stays owed (D11).
lapsed as (
    select
        parts.run_number,
        parts.grant_id,
        parts.version_number,
        parts.part_number,
        parts.lapse_kind as taken_by,
        cast(null as varchar) as line_id,
        cast(null as integer) as line_segment_number,
        parts.lapse_ordinal as service_ordinal,
        parts.units - coalesce(drawn_by_part.units, 0) as units
    from parts
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.grant_id = parts.grant_id
        and lots.version_number = parts.version_number
        and not lots.is_refundable
    left join drawn_by_part on drawn_by_part.lot_number = parts.lot_number
    where
        parts.lapse_ordinal is not null
        and parts.units > coalesce(drawn_by_part.units, 0)
),

taken as (
    select * from drawn
    union all
    select * from lapsed
),

cumulative as (
    select
        *,
        sum(units) over (
            partition by run_number, grant_id
            order by service_ordinal, case taken_by when 'draw' then 0 else 1 end, line_segment_number, part_number
            rows between unbounded preceding and current row
        ) as units_to_date
    from taken
),

believed as (
    select
        cumulative.*,
        -- differences of the value of the cumulative units add up to the price of the lot exactly
        {{ value_of_units('cumulative.units_to_date', 'lots') }}
        - {{ value_of_units('cumulative.units_to_date - cumulative.units', 'lots') }} as amount,
        greatest(runs.revision, cumulative.service_ordinal * 10 + {{ family('normal') }}) as from_revision,
        runs.next_revision as to_revision
    from cumulative
    inner join runs
        on runs.run_number = cumulative.run_number
        -- a run says nothing of periods that closed after the next one arrived
        and runs.next_revision > cumulative.service_ordinal * 10 + {{ family('normal') }}
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.grant_id = cumulative.grant_id
        and lots.version_number = cumulative.version_number
),

written as (
    select
        believed.* exclude (from_revision, to_revision),
        from_revision as revision
    from believed

    union all

    select
        believed.* exclude (from_revision, to_revision) replace (-units as units, -amount as amount),
        to_revision as revision
    from believed
    where to_revision < 99999999
),

fct_credit_draws as (
    select
        written.grant_id,
        grants.contract_id,
        grants.entity_id,
        written.taken_by,
        written.line_id,
        written.line_segment_number,
        cast(written.service_ordinal as integer) as service_ordinal,
        cast(written.revision as integer) as revision,
        grants.unit_code,
        cast(sum(written.units) as decimal(38, 18)) as units,
        cast(sum(written.amount) as decimal(38, 18)) as amount
    from written
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = written.grant_id
    group by
        written.grant_id,
        grants.contract_id,
        grants.entity_id,
        written.taken_by,
        written.line_id,
        written.line_segment_number,
        written.service_ordinal,
        written.revision,
        grants.unit_code
    having sum(written.units) <> 0 or abs(sum(written.amount)) >= 0.00000000000000001
)

select * from fct_credit_draws
