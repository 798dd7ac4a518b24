-- One row per run of a wallet and lot of which nothing is left when units of it are paid back for less than they cost: what was kept of them.
--
-- Nothing remains to have it as its price, and nothing is owed for it: revenue at once (ASC 606-10-55-48, IFRS 15.B46).
with

int_wallet_kept as (
    select
        blended.grant_id,
        'void' as taken_by,
        cast(null as varchar) as line_id,
        cast(null as integer) as line_segment_number,
        begun.period_ordinal as service_ordinal,
        blends.blended_at as taken_at,
        cast(0 as decimal(38, 18)) as units,
        cast(0 as decimal(38, 18)) as root_units,
        blended.consideration as amount,
        greatest(runs.revision, begun.period_ordinal * 10 + {{ family('normal') }}) as from_revision,
        runs.next_revision as to_revision
    from {{ ref('int_wallet_blends__values') }} as blended
    inner join {{ ref('int_wallet_blends') }} as blends
        on blends.run_number = blended.run_number
        and blends.blend_number = blended.blend_number
        and blends.kept_grant_id = blended.grant_id
    inner join {{ ref('int_wallet_runs') }} as runs on runs.run_number = blended.run_number
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = blended.grant_id
    {{ join_period_of('begun', 'grants.entity_id', 'blends.blended_at') }}
    where
        blended.units <= 0
        and runs.next_revision > begun.period_ordinal * 10 + {{ family('normal') }}
)

select * from int_wallet_kept
