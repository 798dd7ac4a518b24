-- One row per contract and instant at which a lot of its wallet starts or ends, in any version ever known.
--
-- Usage of the contract is cut there, so that within a segment the same lots can be drawn.
with

instants as (
    select
        wallet_id,
        effective_at as cut_at
    from {{ ref('int_credit_grants__placed') }}
    where not_drawn_reason is null

    union

    select
        wallet_id,
        expires_at as cut_at
    from {{ ref('int_credit_grants__placed') }}
    where not_drawn_reason is null

    union

    select
        grants.wallet_id,
        coalesce(events.new_expires_at, events.occurred_at) as cut_at
    from {{ ref('int_credit_events__acting') }} as events
    inner join {{ ref('int_credit_grants__placed') }} as grants on grants.grant_id = events.grant_id
    where events.kind in ('extend', 'void', 'end')

    union

    select
        wallet_id,
        moved_at as cut_at
    from {{ ref('int_credit_grants__placed') }}
    where not_drawn_reason is null

    union

    -- units may pass to another wallet
    select
        sources.wallet_id,
        grants.moved_at as cut_at
    from {{ ref('int_credit_grants__placed') }} as grants
    inner join {{ ref('int_credit_grants__placed') }} as sources on sources.grant_id = grants.from_grant_id
    where grants.not_drawn_reason is null
),

int_credit_lots__cuts as (
    select distinct
        wallets.contract_id,
        instants.cut_at
    from instants
    inner join {{ ref('fct_contract_wallets') }} as wallets on wallets.wallet_id = instants.wallet_id
    where instants.cut_at is not null
)

select * from int_credit_lots__cuts
