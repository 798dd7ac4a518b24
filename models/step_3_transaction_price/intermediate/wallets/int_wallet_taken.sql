-- One row per run of a wallet, part of a lot, what took its units and usage line segment: the units taken, and when.
--
-- Units left when a part of a lot ends lapse there; what is paid back on demand never lapses: it stays owed (D11).
with

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
        usage.from_at as taken_at,
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
        -- an end is exclusive: what ends at an instant has ended before it
        parts.to_at - interval 1 microsecond as taken_at,
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

int_wallet_taken as (
    select * from drawn
    union all
    select * from lapsed
)

select * from int_wallet_taken
