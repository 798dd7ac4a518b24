-- One row per contract and book: the first close at which the criteria of a contract are met, if any (D1; ASC 606-10-25-1..25-4, IFRS 15.9..12).
with

collectable as (
    select
        collectability.contract_id,
        collectability.book,
        min(collectability.known_ordinal) as collectable_ordinal
    from {{ ref('int_contracts__collectability') }} as collectability
    inner join {{ ref('int_contracts__approvals') }} as approvals
        on approvals.contract_id = collectability.contract_id
        and approvals.approval_ordinal <= collectability.known_ordinal
    where collectability.is_collectable
    group by collectability.contract_id, collectability.book
),

assessed as (
    select
        contracts.contract_id,
        contracts.entity_id,
        books.book,
        approvals.contract_id is not null as is_approved,
        approvals.approval_ordinal,
        elections.election_id,
        elections.choice,
        elections.known_ordinal as elected_ordinal,
        recorded.period_ordinal as recorded_ordinal,
        duplicates.contract_id is not null as is_duplicate,
        collectable.collectable_ordinal,
        performance.contract_id is not null and performance.performed_ordinal is null as is_unperformed,
        -- what nobody has recorded as a contract cannot be one, whenever it was signed
        case
            when collectable.contract_id is null or duplicates.contract_id is not null then null
            when performance.contract_id is null then greatest(collectable.collectable_ordinal, recorded.period_ordinal)
            when performance.performed_ordinal is not null
                then greatest(collectable.collectable_ordinal, recorded.period_ordinal, performance.performed_ordinal)
        end as computed_ordinal
    from {{ ref('int_contracts__first_terms') }} as contracts
    cross join (select distinct book from {{ ref('books') }}) as books
    left join {{ ref('int_contracts__approvals') }} as approvals on approvals.contract_id = contracts.contract_id
    left join collectable
        on collectable.contract_id = contracts.contract_id
        and collectable.book = books.book
    left join {{ ref('int_contracts__first_performance') }} as performance on performance.contract_id = contracts.contract_id
    left join {{ ref('fct_duplicate_sign_ups') }} as duplicates
        on duplicates.contract_id = contracts.contract_id
        and duplicates.is_provably_same
    left join {{ ref('int_contracts__gate_elections') }} as elections
        on elections.contract_id = contracts.contract_id
        and elections.book = books.book
    {{ join_known_period('recorded', 'contracts.entity_id', 'contracts.recorded_at') }}
),

-- An election counts from the close that knows it: until then the computed answer stands.
int_contracts__gates_by_book as (
    select
        contract_id,
        entity_id,
        book,
        recorded_ordinal,
        approval_ordinal,
        collectable_ordinal,
        election_id,
        case
            when choice = 'no_contract' and computed_ordinal >= elected_ordinal then null
            when choice = 'contract'
                then least(coalesce(computed_ordinal, 999999), greatest(elected_ordinal, recorded_ordinal))
            else computed_ordinal
        end as gate_ordinal,
        case when choice = 'no_contract' and computed_ordinal < elected_ordinal then elected_ordinal else 999999 end as until_ordinal,
        case
            when choice = 'no_contract' then 'D1.ELECTED_NO_CONTRACT'
            when choice = 'contract' then 'D1.ELECTED_CONTRACT'
            when not is_approved then 'D1.NO_APPROVAL'
            when is_duplicate then 'D1.DUPLICATE'
            when collectable_ordinal is null then 'D1.NOT_COLLECTABLE'
            when is_unperformed then 'D1.WHOLLY_UNPERFORMED'
            else 'D1.CRITERIA_MET'
        end as rule_code
    from assessed
)

select * from int_contracts__gates_by_book
