-- One row per contract and instant at which one of its lots starts or ends, in any version ever known.
--
-- Usage of the contract is cut there, so that within a segment the same lots can be drawn.
with

instants as (
    select
        contract_id,
        effective_at as cut_at
    from {{ ref('int_credit_grants__placed') }}
    where not_drawn_reason is null

    union

    select
        contract_id,
        expires_at as cut_at
    from {{ ref('int_credit_grants__placed') }}
    where not_drawn_reason is null

    union

    select
        grants.contract_id,
        case events.kind when 'extend' then events.new_expires_at else events.occurred_at end as cut_at
    from {{ ref('int_credit_events__acting') }} as events
    inner join {{ ref('int_credit_grants__placed') }} as grants on grants.grant_id = events.grant_id
    where events.kind in ('extend', 'void')

    union

    select
        contract_id,
        moved_at as cut_at
    from {{ ref('int_credit_grants__placed') }}
    where not_drawn_reason is null
),

int_credit_lots__cuts as (
    select distinct
        contract_id,
        cut_at
    from instants
    where cut_at is not null
)

select * from int_credit_lots__cuts
