-- One row per run of a wallet and part of a lot: in which order, within which window and how much of it can be drawn.
with

held as (
    select
        runs.run_number,
        orders.draw_order,
        lots.grant_id,
        lots.version_number,
        lots.draw_priority,
        lots.stated_priority,
        lots.applies_to_product_ids,
        lots.granted_at,
        lots.effective_at,
        lots.expires_at,
        dense_rank() over (partition by runs.run_number order by lots.draw_priority) as kind_rank,
        dense_rank() over (partition by runs.run_number order by lots.expires_at nulls last) as expiry_rank,
        dense_rank() over (partition by runs.run_number order by lots.unit_value_whole, lots.unit_value_rest) as cost_rank
    from {{ ref('int_wallet_runs') }} as runs
    inner join {{ ref('int_wallet_orders') }} as orders on orders.contract_id = runs.contract_id
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.contract_id = runs.contract_id
        and lots.unit_code = runs.unit_code
        -- the version in force until the next run: what came since this one came in time
        and lots.known_from_ordinal * 10 + {{ family('contract') }} < runs.next_revision
        and case when lots.known_to_ordinal < 999999 then lots.known_to_ordinal * 10 + {{ family('contract') }} else 99999999 end >= runs.next_revision
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

int_wallet_lots as (
    select
        cast(row_number() over (order by ranked.run_number, ranked.grant_id, parts.part_number) as bigint) as lot_number,
        ranked.run_number,
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
        parts.lapse_kind,
        parts.lapse_ordinal,
        ranked.applies_to_product_ids,
        ranked.effective_at as from_at,
        coalesce(parts.ends_at, timestamp '9999-12-31') as to_at,
        parts.units
    from ranked
    inner join {{ ref('fct_credit_lot_parts') }} as parts
        on parts.grant_id = ranked.grant_id
        and parts.version_number = ranked.version_number
)

select * from int_wallet_lots
