-- One row per lot, contract event that blended it with others or refund of which something was kept, period and revision: what that knowledge moved between the lots, or to them (D12 PROSPECTIVE).
--
-- The lots of a blend give and take the same amount: no revenue. What was kept of units paid back joins what remains of
-- their lot. A run of the wallet is a belief held from its revision until the next.
with

blended as (
    select
        amounts.grant_id,
        blends.contract_event_id,
        begun.period_ordinal as service_ordinal,
        greatest(runs.revision, begun.period_ordinal * 10 + {{ family('normal') }}) as from_revision,
        runs.next_revision as to_revision,
        amounts.blended as amount
    from {{ ref('int_wallet_blends__values') }} as amounts
    inner join {{ ref('int_wallet_blends') }} as blends
        on blends.run_number = amounts.run_number
        and blends.blend_number = amounts.blend_number
    inner join {{ ref('int_wallet_runs') }} as runs on runs.run_number = amounts.run_number
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = amounts.grant_id
    {{ join_period_of('begun', 'grants.entity_id', 'blends.blended_at') }}
    where
        amounts.blended <> 0
        and runs.next_revision > begun.period_ordinal * 10 + {{ family('normal') }}
),

written as (
    select
        grant_id,
        contract_event_id,
        service_ordinal,
        from_revision as revision,
        amount
    from blended

    union all

    select
        grant_id,
        contract_event_id,
        service_ordinal,
        to_revision as revision,
        -amount as amount
    from blended
    where to_revision < 99999999
),

fct_credit_blends as (
    select
        written.grant_id,
        grants.line_id,
        grants.contract_id,
        grants.entity_id,
        written.contract_event_id,
        cast(written.service_ordinal as integer) as service_ordinal,
        cast(written.revision as integer) as revision,
        cast(greatest(written.service_ordinal, {{ int_div('written.revision', '10') }}) as integer) as posting_ordinal,
        cast(sum(written.amount) as decimal(38, 18)) as amount
    from written
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = written.grant_id
    group by 1, 2, 3, 4, 5, 6, 7, 8
    having sum(written.amount) <> 0
)

select * from fct_credit_blends
