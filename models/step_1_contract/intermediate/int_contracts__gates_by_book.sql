-- One row per contract and book: the first close at which the criteria of a contract are met, if any (D1; ASC 606-10-25-1, IFRS 15.9).
with

-- ASC 606 wants collection probable, IFRS 15 more likely than not: the difference is X1.
rules as (
    select
        'asc606' as book,
        'collectability_threshold_asc606' as topic,
        true as threshold_itself_passes
    union all
    select
        'ifrs15' as book,
        'collectability_threshold_ifrs15' as topic,
        false as threshold_itself_passes
),

elected_thresholds as (
    select
        rules.book,
        entities.entity_id,
        elections.value as threshold,
        elections.scope_type,
        elections.recorded_at,
        known.period_ordinal as known_ordinal
    from rules
    cross join {{ ref('dim_entities') }} as entities
    inner join {{ accepted(ref('stg_policy_elections')) }} as elections
        on elections.topic = rules.topic
        and (
            elections.scope_type = 'global'
            or elections.scope_type = 'entity' and elections.scope_id = entities.entity_id
        )
        and elections.value is not null
    {{ join_known_period('known', 'entities.entity_id', 'elections.recorded_at') }}
),

-- Each assessment is measured by the threshold that its own close knew.
measured as (
    select
        collectability.contract_id,
        collectability.book,
        collectability.known_ordinal,
        collectability.probability,
        rules.threshold_itself_passes,
        coalesce(elected_thresholds.threshold, cast(topics.default_choice as decimal(38, 9))) as threshold
    from {{ ref('int_contracts__collectability') }} as collectability
    inner join {{ ref('int_contracts__first_terms') }} as contracts on contracts.contract_id = collectability.contract_id
    inner join rules on rules.book = collectability.book
    inner join {{ ref('policy_topics') }} as topics on topics.topic = rules.topic
    left join elected_thresholds
        on elected_thresholds.book = collectability.book
        and elected_thresholds.entity_id = contracts.entity_id
        and elected_thresholds.known_ordinal <= collectability.known_ordinal
    qualify row_number() over (
        partition by collectability.contract_id, collectability.book, collectability.known_ordinal
        order by
            case elected_thresholds.scope_type when 'entity' then 1 else 2 end asc,
            elected_thresholds.known_ordinal desc nulls last,
            elected_thresholds.recorded_at desc
    ) = 1
),

passed as (
    select
        measured.contract_id,
        measured.book,
        min(measured.known_ordinal) as collectable_ordinal
    from measured
    inner join {{ ref('int_contracts__approvals') }} as approvals
        on approvals.contract_id = measured.contract_id
        and approvals.approval_ordinal <= measured.known_ordinal
    where
        measured.probability is null
        or measured.probability > measured.threshold
        or measured.probability = measured.threshold and measured.threshold_itself_passes
    group by measured.contract_id, measured.book
),

assessed as (
    select
        contracts.contract_id,
        contracts.entity_id,
        books.book,
        approvals.contract_id is not null as is_approved,
        approvals.approval_ordinal,
        at_approval.probability as collection_probability,
        at_approval.estimate_id,
        elections.election_id,
        elections.choice,
        elections.known_ordinal as elected_ordinal,
        recorded.period_ordinal as recorded_ordinal,
        -- what nobody has recorded as a contract cannot be one, whenever it was signed
        case
            when passed.contract_id is not null then greatest(passed.collectable_ordinal, recorded.period_ordinal)
        end as computed_ordinal
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
),

-- An election counts from the close that knows it: until then the computed answer stands.
int_contracts__gates_by_book as (
    select
        contract_id,
        entity_id,
        book,
        approval_ordinal,
        collection_probability,
        estimate_id,
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
            when computed_ordinal is null then 'D1.NOT_COLLECTABLE'
            else 'D1.CRITERIA_MET'
        end as rule_code
    from assessed
)

select * from int_contracts__gates_by_book
