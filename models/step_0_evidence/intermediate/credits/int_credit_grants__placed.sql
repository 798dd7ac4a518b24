-- One row per credit grant ever accepted: its line, its place in the burn order, and the closes that believed it.
--
-- Units that come from another lot stay what they were sold as: its contract, line, treatment and price; the wallet that they are in is that of the
-- contract which may use them. They pass in the last instant of the period they leave, so that no close sees them in neither lot, or in both. A lot
-- that several others fill is one part for each of them.
with

sold as (
    select * from {{ ref('int_credit_grants__sold') }}
),

moved as (
    select
        grants.* replace (
            moves.grant_id as grant_id,
            roots.contract_id as contract_id,
            moves.wallet_id as wallet_id,
            roots.entity_id as entity_id,
            roots.line_id as line_id,
            roots.treatment as treatment,
            cast(null as varchar) as purchase_grant_id,
            roots.currency as currency,
            cast(0 as decimal(38, 9)) as consideration,
            roots.is_free as is_free,
            roots.is_refundable as is_refundable,
            case when grants.is_implied then roots.draw_priority else grants.draw_priority end as draw_priority,
            coalesce(grants.applies_to_product_ids, roots.applies_to_product_ids) as applies_to_product_ids,
            moves.units as units,
            greatest(grants.effective_at, moves.moved_at) as effective_at,
            greatest(known.period_ordinal, coalesce(left_at.period_ordinal, 1), roots.known_ordinal) as known_ordinal,
            least(roots.withdrawn_ordinal, case
                when moves.known_until_at is null then 999999
                else greatest(withdrawn.period_ordinal, known.period_ordinal, coalesce(left_at.period_ordinal, 1), roots.known_ordinal)
            end) as withdrawn_ordinal,
            coalesce(moves.refused_reason, roots.not_drawn_reason) as not_drawn_reason
        ),
        moves.stated_grant_id,
        moves.recorded_at as part_recorded_at,
        moves.from_grant_id,
        moves.root_grant_id,
        roots.wallet_id as root_wallet_id,
        moves.move_kind,
        moves.moved_at,
        moves.first_moved_at,
        moves.times_moved,
        moves.root_units_per_unit,
        moves.moved_share,
        moves.from_units,
        moves.converts_units,
        moves.into_units
    from {{ ref('int_credit_grants__moves') }} as moves
    inner join sold as grants on grants.grant_id = moves.stated_grant_id
    inner join sold as roots on roots.grant_id = moves.root_grant_id
    {{ join_known_period('known', 'roots.entity_id', 'moves.recorded_at') }}
    {{ join_known_period('withdrawn', 'roots.entity_id', 'moves.known_until_at') }}
    {{ join_period_of('left_at', 'roots.entity_id', 'moves.moved_at - interval 1 microsecond') }}
),

int_credit_grants__placed as (
    select * exclude (is_implied)
    from (
        select * from moved
        union all by name
        select * from sold
        where grant_id not in (select stated_grant_id from moved)
    ) as placed
)

select * from int_credit_grants__placed
