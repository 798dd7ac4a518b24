-- One row per performance obligation of fees in a contract whose immaterial promises are not assessed under ASC 606: what it is worth in the contract, and whether it is immaterial (D3, X8).
--
-- Promises may be left aside as long as all that are left aside are immaterial together, the
-- least first (ASC 606-10-25-16A). Decided once, of what the contract promised when it was agreed
-- and known. Where terms change, progress is measured once for both books: such a contract is
-- assessed in full.
with

contracts as (
    select
        contract_id,
        customer_id,
        entity_id,
        coalesce(signed_at, effective_from) as agreed_at
    from {{ ref('dim_contracts') }}
),

elected as (
    {{ elections_of(['immaterial_promises', 'immaterial_promise_share'], 'contracts', 'contract_id', {
        'contract': 'contract_id', 'customer': 'customer_id', 'entity': 'entity_id',
    }) }}
),

fees as (
    select *
    from {{ ref('int_fees__with_rights') }}
    where
        contract_id in (select contract_id from elected where choice = 'ignore' and book in ('*', 'asc606'))
        and {{ carries_price_parts() }}
),

decided as (
    select
        fees.contract_id,
        contracts.entity_id,
        greatest(min(fees.known_from_ordinal), coalesce(max(agreed.period_ordinal), 0)) as decided_ordinal
    from fees
    inner join contracts on contracts.contract_id = fees.contract_id
    {{ join_period_of('agreed', 'contracts.entity_id', 'contracts.agreed_at') }}
    group by fees.contract_id, contracts.entity_id
    having not bool_or(fees.is_modified)
),

nearest as (
    select elected.*
    from elected
    inner join decided
        on decided.contract_id = elected.contract_id
        and decided.decided_ordinal >= elected.known_ordinal
        and decided.decided_ordinal < elected.replaced_ordinal
    where elected.book in ('*', 'asc606')
    qualify row_number() over (
        partition by elected.contract_id, elected.topic order by {{ nearest_election('elected') }}
    ) = 1
),

promises as (
    select
        decided.contract_id,
        decided.entity_id,
        decided.decided_ordinal,
        fees.obligation_id,
        fees.currency,
        sum(fees.standalone_amount) as standalone_amount
    from decided
    inner join fees
        on fees.contract_id = decided.contract_id
        and fees.known_from_ordinal <= decided.decided_ordinal
        and fees.known_to_ordinal > decided.decided_ordinal
    group by all
),

summed as (
    select
        *,
        sum(standalone_amount) over (
            partition by contract_id order by standalone_amount, obligation_id rows between unbounded preceding and current row
        ) as with_lesser_amount,
        sum(standalone_amount) over (partition by contract_id) as contract_amount
    from promises
),

fct_immaterial_promises as (
    select
        summed.contract_id,
        summed.entity_id,
        summed.obligation_id,
        summed.currency,
        cast(summed.decided_ordinal as integer) as decided_ordinal,
        cast(summed.standalone_amount as decimal(38, 18)) as standalone_amount,
        cast(summed.with_lesser_amount as decimal(38, 18)) as with_lesser_amount,
        cast(summed.contract_amount as decimal(38, 18)) as contract_amount,
        coalesce(shares.value, cast(topics.default_choice as decimal(38, 9))) as threshold_share,
        summed.with_lesser_amount <= summed.contract_amount * coalesce(shares.value, cast(topics.default_choice as decimal(38, 9))) as is_immaterial,
        ignored.election_id
    from summed
    inner join nearest as ignored
        on ignored.contract_id = summed.contract_id
        and ignored.topic = 'immaterial_promises'
        and ignored.choice = 'ignore'
    left join nearest as shares
        on shares.contract_id = summed.contract_id
        and shares.topic = 'immaterial_promise_share'
    inner join {{ ref('policy_topics') }} as topics on topics.topic = 'immaterial_promise_share'
)

select * from fct_immaterial_promises
