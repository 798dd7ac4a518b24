-- One row per contract, set of books and loss of collectability: since which close it is lost, for what is performed from when on, and until which close.
with

gates as (
    select
        contract_id,
        book_scope
    from {{ ref('fct_contract_gates') }}
),

fct_contract_losses as (
    select
        gates.contract_id,
        losses.entity_id,
        gates.book_scope,
        losses.lost_ordinal,
        losses.regained_ordinal,
        losses.lost_from_at
    from gates
    inner join {{ ref('int_contracts__losses') }} as losses
        on losses.contract_id = gates.contract_id
        and losses.book = case gates.book_scope when 'both' then 'asc606' else gates.book_scope end
)

select * from fct_contract_losses
