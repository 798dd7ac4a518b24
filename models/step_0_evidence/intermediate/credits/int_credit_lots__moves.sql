-- One row per version of a lot and other lot that takes units over from it: when, and how many at most.
with

int_credit_lots__moves as (
    select
        versions.grant_id,
        versions.version_number,
        moves.grant_id as moves_to_grant_id,
        moves.move_kind,
        moves.moved_at,
        moves.from_units as units,
        moves.move_kind = 'rollover' and coalesce(moves.moved_at >= versions.expires_at, false) as is_at_end
    from {{ ref('int_credit_lots__versions') }} as versions
    inner join {{ ref('int_credit_grants__placed') }} as moves
        on moves.from_grant_id = versions.grant_id
        and moves.not_drawn_reason is null
        and moves.known_ordinal <= versions.known_from_ordinal
        and moves.withdrawn_ordinal > versions.known_from_ordinal
)

select * from int_credit_lots__moves
