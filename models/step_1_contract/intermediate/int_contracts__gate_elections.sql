-- One row per contract and book whose gate was elected instead of computed.
with

elections as (
    select * from {{ accepted(ref('stg_policy_elections')) }}
    where topic = 'contract_gate' and choice in ('contract', 'no_contract')
),

int_contracts__gate_elections as (
    select
        contracts.contract_id,
        books.book,
        elections.choice,
        elections.election_id,
        known.period_ordinal as known_ordinal
    from {{ ref('int_contracts__first_terms') }} as contracts
    cross join (select distinct book from {{ ref('books') }}) as books
    inner join elections
        on elections.book in (books.book, '*')
        and (
            elections.scope_type = 'global'
            or elections.scope_type = 'entity' and elections.scope_id = contracts.entity_id
            or elections.scope_type = 'customer' and elections.scope_id = contracts.customer_id
            or elections.scope_type = 'contract' and elections.scope_id = contracts.contract_id
        )
    {{ join_known_period('known', 'contracts.entity_id', 'elections.recorded_at') }}
    qualify row_number() over (
        partition by contracts.contract_id, books.book
        order by
            case elections.scope_type when 'contract' then 1 when 'customer' then 2 when 'entity' then 3 else 4 end,
            elections.recorded_at desc,
            elections.election_id asc
    ) = 1
)

select * from int_contracts__gate_elections
