-- One row per lot, what took its units, usage line segment, service period and revision: what that knowledge changed.
--
-- The burn-down kernel: a run of the wallet is a belief held from its revision until the next. Its
-- draws are written once when it begins and taken back once when it is replaced; what is known by
-- the close of its own period is current. Units left when a part of the lot ends lapse there. What was kept of units paid
-- back is revenue at once where nothing of their lot is left to have it as its price (ASC 606-10-55-48, IFRS 15.B46).
with

runs as (
    select * from {{ ref('int_wallet_runs') }}
),

-- What remains costs the same, whatever was paid for its lot, once lots were added at another price.
blended as (
    select * from {{ ref('int_wallet_blends__values') }}
),

taken as (
    select
        *,
        0 as blend_number
    from {{ ref('int_wallet_taken') }}
    where priced_by_run_number not in (select run_number from {{ ref('int_wallet_blends') }})

    union all

    select
        taken.*,
        count(case when blends.blended_at <= taken.priced_at then 1 end) as blend_number
    from {{ ref('int_wallet_taken') }} as taken
    inner join {{ ref('int_wallet_blends') }} as blends on blends.run_number = taken.priced_by_run_number
    group by all
),

cumulative as (
    select
        taken.* exclude (blend_number),
        case when blended.run_number is not null then taken.blend_number else 0 end as blend_number,
        sum(abs(taken.root_units)) over (
            -- what came from another lot is worth what was taken there
            partition by taken.run_number, taken.grant_id, case when blended.run_number is not null then taken.blend_number else 0 end, taken.units < 0
            order by
                taken.service_ordinal, case taken.taken_by when 'draw' then 0 else 1 end,
                taken.line_segment_number, taken.part_number, taken.taken_by
            rows between unbounded preceding and current row
        ) as units_to_date,
        abs(taken.root_units) as units_taken,
        case when taken.units < 0 then -1 else 1 end as direction
    from taken
    left join blended
        on blended.run_number = taken.priced_by_run_number
        and blended.grant_id = taken.priced_by_grant_id
        and blended.blend_number = taken.blend_number
),

believed as (
    select
        cumulative.* exclude (direction),
        -- differences of the value of the cumulative units add up to the price of the lot exactly
        cumulative.direction * case
            when blended.run_number is not null
                then
                    {{ value_of_units('cumulative.units_to_date', 'blended') }}
                    - {{ value_of_units('cumulative.units_to_date - cumulative.units_taken', 'blended') }}
            else
                {{ value_of_units('cumulative.units_to_date', 'lots') }}
                - {{ value_of_units('cumulative.units_to_date - cumulative.units_taken', 'lots') }}
        end as amount,
        greatest(runs.revision, cumulative.service_ordinal * 10 + {{ family('normal') }}) as from_revision,
        runs.next_revision as to_revision
    from cumulative
    inner join runs
        on runs.run_number = cumulative.run_number
        -- a run says nothing of periods that closed after the next one arrived
        and runs.next_revision > cumulative.service_ordinal * 10 + {{ family('normal') }}
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.grant_id = cumulative.priced_by_grant_id
        and lots.version_number = cumulative.priced_by_version
    left join blended
        on blended.run_number = cumulative.priced_by_run_number
        and blended.grant_id = cumulative.priced_by_grant_id
        and blended.blend_number = cumulative.blend_number
),

entries as (
    select
        grant_id,
        taken_by,
        line_id,
        line_segment_number,
        service_ordinal,
        taken_at,
        units,
        root_units,
        amount,
        from_revision,
        to_revision
    from believed
    union all by name
    select * from {{ ref('int_wallet_kept') }}
),

written as (
    select
        entries.* exclude (from_revision, to_revision),
        from_revision as revision
    from entries

    union all

    select
        entries.* exclude (from_revision, to_revision) replace (-units as units, -root_units as root_units, -amount as amount),
        to_revision as revision
    from entries
    where to_revision < 99999999
),

-- Few contracts are lost for a time: what is taken under them is told apart by when it was.
stretches as (
    select distinct
        contract_id,
        from_at,
        to_at
    from {{ ref('fct_contract_windows') }}
    where from_at > timestamp '0001-01-01'
),

fct_credit_draws as (
    select
        written.grant_id,
        grants.contract_id,
        grants.entity_id,
        coalesce(stretches.from_at, timestamp '0001-01-01') as stretch_from_at,
        written.taken_by,
        written.line_id,
        written.line_segment_number,
        cast(written.service_ordinal as integer) as service_ordinal,
        cast(written.revision as integer) as revision,
        grants.unit_code,
        cast(sum(written.units) as decimal(38, 18)) as units,
        cast(sum(written.root_units) as decimal(38, 18)) as root_units,
        cast(sum(written.amount) as decimal(38, 18)) as amount
    from written
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = written.grant_id
    left join stretches
        on stretches.contract_id = grants.contract_id
        and stretches.from_at <= written.taken_at
        and stretches.to_at > written.taken_at
    group by
        written.grant_id,
        grants.contract_id,
        grants.entity_id,
        stretches.from_at,
        written.taken_by,
        written.line_id,
        written.line_segment_number,
        written.service_ordinal,
        written.revision,
        grants.unit_code
    having sum(written.units) <> 0 or abs(sum(written.amount)) >= 0.00000000000000001
)

select * from fct_credit_draws
