-- One row per version of a lot and part of it that ends at one time: what is drawn from it, and when the rest lapses.
--
-- A void, a transfer or a rollover before the end takes units away at an instant, as far as they are still there. So they
-- are a part of the lot that ends there and is drawn after the rest: what ends first is drawn last. What rolls over at
-- the end of the lot is of what is left then.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

versions as (
    select * from {{ ref('int_credit_lots__versions') }}
),

takings as (
    select * from {{ ref('int_credit_lots__takings') }}
),

rolled_at_end as (
    select * from {{ ref('int_credit_lots__moves') }}
    where is_at_end
),

taken as (
    select
        grant_id,
        version_number,
        sum(part_units) as units,
        max(part_number) as part_count
    from takings
    group by grant_id, version_number
),

parts as (
    select
        versions.grant_id,
        versions.version_number,
        0 as part_number,
        'expiry' as lapse_kind,
        versions.expires_at as ends_at,
        cast(null as integer) as void_ordinal,
        rolled_at_end.moves_to_grant_id,
        versions.units - versions.refunded_units - coalesce(taken.units, 0) as units
    from versions
    left join taken
        on taken.grant_id = versions.grant_id
        and taken.version_number = versions.version_number
    left join rolled_at_end
        on rolled_at_end.grant_id = versions.grant_id
        and rolled_at_end.version_number = versions.version_number

    union all

    -- what was paid back of units that came from another lot came with them, and nothing draws it
    select
        versions.grant_id,
        versions.version_number,
        coalesce(taken.part_count, 0) + 1 as part_number,
        'refund' as lapse_kind,
        versions.effective_at as ends_at,
        cast(null as integer) as void_ordinal,
        cast(null as varchar) as moves_to_grant_id,
        versions.refunded_units as units
    from versions
    left join taken
        on taken.grant_id = versions.grant_id
        and taken.version_number = versions.version_number
    where versions.from_grant_id is not null

    union all

    select
        versions.grant_id,
        versions.version_number,
        takings.part_number,
        case when versions.expires_at < takings.occurred_at or versions.expires_at = takings.occurred_at and takings.kind in ('void', 'forfeit') then 'expiry' else takings.kind end as lapse_kind,
        least(versions.expires_at, takings.occurred_at) as ends_at,
        takings.service_ordinal as void_ordinal,
        case when versions.expires_at < takings.occurred_at then null else takings.moves_to_grant_id end as moves_to_grant_id,
        takings.part_units as units
    from takings
    inner join versions
        on versions.grant_id = takings.grant_id
        and versions.version_number = takings.version_number
),

int_credit_lots__parts as (
    select
        parts.grant_id,
        parts.version_number,
        cast(parts.part_number as integer) as part_number,
        parts.lapse_kind,
        parts.ends_at,
        -- an end is exclusive: what ends as a period begins was the last instant of the one before
        case
            when parts.ends_at is null or parts.ends_at > run.as_of or parts.lapse_kind = 'refund' then null
            when parts.lapse_kind in ('void', 'forfeit') then parts.void_ordinal
            else coalesce(ended.period_ordinal, 1)
        end as lapse_ordinal,
        parts.moves_to_grant_id,
        cast(parts.units as decimal(38, 18)) as units
    from parts
    inner join versions
        on versions.grant_id = parts.grant_id
        and versions.version_number = parts.version_number
    cross join run
    left join {{ ref('dim_accounting_periods') }} as ended
        on ended.entity_id = versions.entity_id
        and ended.start_at < parts.ends_at
        and ended.end_at >= parts.ends_at
    where parts.units > 0
)

select * from int_credit_lots__parts
