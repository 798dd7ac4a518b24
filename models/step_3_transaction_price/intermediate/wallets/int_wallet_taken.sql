-- One row per run of a wallet, part of a lot, what took its units and usage line segment: the units taken, and when.
--
-- Units left when a part of a lot ends lapse there; what is paid back on demand never lapses: it stays owed (D11). What
-- moves to another lot is taken from the one and, below zero, from the other.
with

parts as (
    select
        *,
        -- an end is exclusive: what ends at an instant has ended before it
        to_at - interval 1 microsecond as ended_at,
        first_moved_at - interval 1 microsecond as priced_at
    from {{ ref('int_wallet_lots') }}
),

drawn as (
    select
        draws.lot_number,
        'draw' as taken_by,
        usage.line_id,
        usage.line_segment_number,
        usage.service_ordinal,
        usage.from_at as taken_at,
        draws.units,
        draws.root_units
    from {{ ref('int_wallet_draws') }} as draws
    inner join {{ ref('int_wallet_usage') }} as usage on usage.usage_number = draws.usage_number
),

moved as (
    select
        draws.lot_number,
        draws.to_lot_number,
        case sources.lapse_kind when 'expiry' then 'rollover' else sources.lapse_kind end as taken_by,
        cast(null as varchar) as line_id,
        cast(null as integer) as line_segment_number,
        sources.lapse_ordinal as service_ordinal,
        sources.ended_at as taken_at,
        draws.units,
        draws.to_units,
        draws.root_units
    from {{ ref('int_wallet_draws') }} as draws
    inner join parts as sources on sources.lot_number = draws.lot_number
    where draws.to_lot_number is not null and sources.lapse_ordinal is not null
),

used as (
    select * from drawn
    union all by name
    select * exclude (to_lot_number, to_units) from moved
    union all by name
    select
        * exclude (lot_number, to_lot_number, to_units) replace (-to_units as units, -root_units as root_units),
        to_lot_number as lot_number
    from moved
),

left_over as (
    select
        parts.lot_number,
        parts.lapse_kind as taken_by,
        cast(null as varchar) as line_id,
        cast(null as integer) as line_segment_number,
        parts.lapse_ordinal as service_ordinal,
        parts.ended_at as taken_at,
        case when parts.move_rank is null then parts.units else 0 end - coalesce(sum(used.units), 0) as units,
        case when parts.move_rank is null then parts.units else 0 end - coalesce(sum(used.root_units), 0) as root_units
    from parts
    left join used on used.lot_number = parts.lot_number
    where parts.lapse_ordinal is not null and not parts.is_refundable
    group by parts.lot_number, parts.lapse_kind, parts.lapse_ordinal, parts.ended_at, parts.move_rank, parts.units
),

taken as (
    select * from used
    union all by name
    select * from left_over
    where units > 0
),

int_wallet_taken as (
    select
        parts.run_number,
        parts.grant_id,
        parts.version_number,
        parts.part_number,
        parts.priced_by_grant_id,
        parts.priced_by_version,
        parts.priced_by_run_number,
        taken.taken_by,
        taken.line_id,
        taken.line_segment_number,
        taken.service_ordinal,
        taken.taken_at,
        -- what moved keeps the price that it moved at
        coalesce(parts.priced_at, taken.taken_at) as priced_at,
        taken.units,
        taken.root_units
    from taken
    inner join parts on parts.lot_number = taken.lot_number
)

select * from int_wallet_taken
