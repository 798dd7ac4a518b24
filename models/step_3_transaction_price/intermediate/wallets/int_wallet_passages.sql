-- One row per two wallets, each in a unit, between which units of a lot pass in any version ever known: to another contract, or into another unit.
with

lots as (
    select distinct
        grant_id,
        from_grant_id,
        wallet_id,
        unit_code
    from {{ ref('fct_credit_lots') }}
),

int_wallet_passages as (
    select distinct
        sources.wallet_id as from_wallet_id,
        sources.unit_code as from_unit_code,
        lots.wallet_id,
        lots.unit_code
    from lots
    inner join lots as sources on sources.grant_id = lots.from_grant_id
    where sources.wallet_id <> lots.wallet_id or sources.unit_code <> lots.unit_code
)

select * from int_wallet_passages
