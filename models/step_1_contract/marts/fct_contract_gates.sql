-- One row per contract and set of books that see it alike: from which close on it is a contract.
--
-- Where both books agree, everything after this room is computed once, for book scope 'both'.
-- Contracts combined into one are seen alike or apart together: they are presented net.
with

losses as (
    select
        contract_id,
        book,
        {{ string_agg_ordered("cast(lost_ordinal as varchar) || '-' || cast(regained_ordinal as varchar) || '@' || cast(lost_from_at as varchar)") }} as losses
    from {{ ref('int_contracts__losses') }}
    group by contract_id, book
),

sides as (
    select
        gates.contract_id,
        count(distinct coalesce(gates.gate_ordinal, -1)) = 1
        and count(distinct gates.until_ordinal) = 1
        and count(distinct coalesce(losses.losses, '')) = 1 as gates_agree,
        count(differences.contract_id) > 0 as differs_otherwise
    from {{ ref('int_contracts__gates_by_book') }} as gates
    left join losses
        on losses.contract_id = gates.contract_id
        and losses.book = gates.book
    left join {{ ref('int_contracts__book_differences') }} as differences on differences.contract_id = gates.contract_id
    group by gates.contract_id
),

together as (
    select
        sides.contract_id,
        sides.gates_agree,
        bool_and(sides.gates_agree and not sides.differs_otherwise)
            over (partition by case when combinations.is_combined then combinations.anchor_id else sides.contract_id end) as is_one_for_both
    from sides
    left join {{ ref('int_contracts__combinations') }} as combinations on combinations.contract_id = sides.contract_id
),

fct_contract_gates as (
    select
        gates.contract_id,
        gates.entity_id,
        case when together.is_one_for_both then 'both' else gates.book end as book_scope,
        gates.gate_ordinal,
        gates.until_ordinal,
        min(gates.rule_code) as rule_code,
        case when not together.gates_agree then 'X1' end as difference_code
    from {{ ref('int_contracts__gates_by_book') }} as gates
    inner join together on together.contract_id = gates.contract_id
    group by
        gates.contract_id,
        gates.entity_id,
        case when together.is_one_for_both then 'both' else gates.book end,
        gates.gate_ordinal,
        gates.until_ordinal,
        case when not together.gates_agree then 'X1' end
)

select * from fct_contract_gates
