-- One row per contract and book: the first close at which the criteria of a contract are met, if any (D1; asc 606-10-25-1, IFRS 15.9).
with

thresholds as (
    -- asc 606 wants collection probable, IFRS 15 more likely than not: the difference is X1
    select
        'asc606' as book,
        {{ policy_threshold('collectability_threshold_asc606') }} as threshold,
        true as threshold_itself_passes
    union all
    select
        'ifrs15' as book,
        {{ policy_threshold('collectability_threshold_ifrs15') }} as threshold,
        false as threshold_itself_passes
),

passed as (
    select
        collectability.contract_id,
        collectability.book,
        min(collectability.known_ordinal) as collectable_ordinal
    from {{ ref('int_contracts__collectability') }} as collectability
    inner join {{ ref('int_contracts__approvals') }} as approvals
        on approvals.contract_id = collectability.contract_id
        and approvals.approval_ordinal <= collectability.known_ordinal
    inner join thresholds on thresholds.book = collectability.book
    where
        collectability.probability is null
        or collectability.probability > thresholds.threshold
        or collectability.probability = thresholds.threshold and thresholds.threshold_itself_passes
    group by collectability.contract_id, collectability.book
),

int_contracts__gates_by_book as (
    select
        contracts.contract_id,
        contracts.entity_id,
        books.book,
        approvals.approval_ordinal,
        at_approval.probability as collection_probability,
        at_approval.estimate_id,
        elections.election_id,
        case
            when elections.choice = 'no_contract' then null
            when elections.choice = 'contract' then greatest(elections.known_ordinal, recorded.period_ordinal)
            -- what nobody has recorded as a contract cannot be one, whenever it was signed
            when passed.contract_id is not null then greatest(passed.collectable_ordinal, recorded.period_ordinal)
        end as gate_ordinal,
        case
            when elections.choice = 'no_contract' then 'D1.ELECTED_NO_CONTRACT'
            when elections.choice = 'contract' then 'D1.ELECTED_CONTRACT'
            when approvals.contract_id is null then 'D1.NO_APPROVAL'
            when passed.contract_id is null then 'D1.NOT_COLLECTABLE'
            else 'D1.CRITERIA_MET'
        end as rule_code
    from {{ ref('int_contracts__first_terms') }} as contracts
    cross join (select distinct book from {{ ref('books') }}) as books
    left join {{ ref('int_contracts__approvals') }} as approvals on approvals.contract_id = contracts.contract_id
    left join {{ ref('int_contracts__collectability') }} as at_approval
        on at_approval.contract_id = contracts.contract_id
        and at_approval.book = books.book
        and at_approval.known_ordinal = approvals.approval_ordinal
    left join passed
        on passed.contract_id = contracts.contract_id
        and passed.book = books.book
    left join {{ ref('int_contracts__gate_elections') }} as elections
        on elections.contract_id = contracts.contract_id
        and elections.book = books.book
    {{ join_known_period('recorded', 'contracts.entity_id', 'contracts.recorded_at') }}
)

select * from int_contracts__gates_by_book
