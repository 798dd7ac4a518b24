-- One row per run of a wallet and part of a lot: in which order, within which window and how much of it can be drawn.
with

-- A minimum that lines were agreed under is for the use of these alone.
minimums as (
    select distinct minimum_line_id
    from {{ ref('fct_minimum_uses') }}
    where is_named and line_kind <> 'overage'
),

lots as (
    select
        runs.run_number,
        runs.link_number,
        orders.draw_order,
        lots.*,
        minimums.minimum_line_id,
        orders.draw_source = 'vendor' or lots.applies_to_product_ids is not null or minimums.minimum_line_id is not null as is_limited,
        coalesce(lots.root_grant_id, lots.grant_id) as priced_by_grant_id
    from {{ ref('int_wallet_runs') }} as runs
    inner join {{ ref('int_wallet_orders') }} as orders on orders.wallet_id = runs.wallet_id
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.wallet_id = runs.wallet_id
        and lots.unit_code = runs.unit_code
        -- the version in force until the next run: what came since this one came in time
        and lots.known_from_ordinal * 10 + {{ family('contract') }} < runs.next_revision
        and case when lots.known_to_ordinal < 999999 then lots.known_to_ordinal * 10 + {{ family('contract') }} else 99999999 end >= runs.next_revision
    left join minimums
        on minimums.minimum_line_id = lots.line_id
        -- what another contract may use is for its use
        and coalesce(lots.root_wallet_id = lots.wallet_id, true)
),

-- Units that came from another lot cost what they cost in the first one; converted, one of them what the units cost that it stands for.
priced as (
    select
        lots.*,
        roots.version_number as priced_by_version,
        roots.run_number as priced_by_run_number,
        roots.unit_value_whole as root_value_whole,
        roots.unit_value_rest as root_value_rest,
        case when lots.root_units_per_unit <> 1 then {{ wide_share_of(from_attos('roots.unit_value_whole'), billionths('lots.root_units_per_unit'), '1000000000') }} end as converted_value
    from lots
    inner join lots as roots
        on roots.link_number = lots.link_number
        and roots.grant_id = lots.priced_by_grant_id
),

held as (
    select
        *,
        dense_rank() over (partition by run_number order by draw_priority) as kind_rank,
        dense_rank() over (partition by run_number order by expires_at nulls last) as expiry_rank,
        dense_rank() over (
            partition by run_number
            order by case when converted_value is null then cast(root_value_whole as {{ wide_integer() }}) else {{ attos('converted_value') }} end, root_value_rest
        ) as cost_rank,
        case when root_grant_id is not null then dense_rank() over (partition by link_number, root_grant_id is null order by moved_at, times_moved) end as move_rank
    from priced
),

-- What was elected to decide first, second and third; by default the lot's own priority or that of its kind.
ranked as (
    select
        *,
        case when draw_order not like 'kind_priority%' then stated_priority end as own_rank,
        {%- for place in [1, 2, 3] %}
            case split_part(draw_order, '>', {{ place }})
                when 'kind_priority' then kind_rank
                when 'expiry' then expiry_rank
                when 'cost_basis' then cost_rank
            end as rank_{{ place }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from held
),

placed as (
    select
        cast(row_number() over (order by ranked.run_number, ranked.grant_id, parts.part_number) as bigint) as lot_number,
        ranked.run_number,
        ranked.link_number,
        cast(row_number() over (
            partition by ranked.run_number
            -- a total order: as elected, then what ends first, what was granted first
            order by
                ranked.own_rank asc nulls last, ranked.rank_1 asc, ranked.rank_2 asc nulls last, ranked.rank_3 asc nulls last,
                ranked.expires_at asc nulls last, ranked.granted_at asc, ranked.grant_id asc, parts.part_number asc
        ) as bigint) as draw_rank,
        ranked.grant_id,
        ranked.version_number,
        parts.part_number,
        ranked.minimum_line_id,
        ranked.is_refundable,
        parts.lapse_kind,
        parts.lapse_ordinal,
        parts.moves_to_grant_id,
        ranked.priced_by_grant_id,
        ranked.priced_by_version,
        ranked.priced_by_run_number,
        ranked.first_moved_at,
        ranked.moved_at,
        ranked.move_rank,
        ranked.moved_share,
        cast(ranked.from_units as decimal(38, 18)) as from_units,
        cast(ranked.converts_units as decimal(38, 18)) as converts_units,
        cast(ranked.into_units as decimal(38, 18)) as into_units,
        ranked.applies_to_product_ids,
        ranked.is_limited,
        ranked.effective_at as from_at,
        coalesce(parts.ends_at, timestamp '9999-12-31') as to_at,
        parts.units
    from ranked
    inner join {{ ref('fct_credit_lot_parts') }} as parts
        on parts.grant_id = ranked.grant_id
        and parts.version_number = ranked.version_number
),

int_wallet_lots as (
    select
        placed.* exclude (moved_share),
        sources.lot_number as from_lot_number,
        -- what rolls over before the end of a lot is stated
        cast({{ billionths("case when sources.lapse_kind = 'expiry' then placed.moved_share else 1 end") }} as bigint) as moved_billionths
    from placed
    left join placed as sources
        on sources.link_number = placed.link_number
        and sources.moves_to_grant_id = placed.grant_id
)

select * from int_wallet_lots
