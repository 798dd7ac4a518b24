-- One row per contract, book and close at which collection was assessed: how likely it was taken to be, and whether that was enough (D1; ASC 606-10-25-1(e), IFRS 15.9(e)).
--
-- The narrowest estimate known at the close; without one, for a self-serve contract, what its
-- cohort paid of what came due; without that it is taken as met.
with

-- ASC 606 wants collection probable, IFRS 15 more likely than not: the difference is X1.
thresholds as (
    select
        'asc606' as book,
        true as threshold_itself_passes,
        *
    from ({{ threshold_of('collectability_threshold_asc606') }}) as probable
    union all
    select
        'ifrs15' as book,
        false as threshold_itself_passes,
        *
    from ({{ threshold_of('collectability_threshold_ifrs15') }}) as more_likely_than_not
),

-- Closes at which the history of a cohort crossed the threshold of a book.
turns as (
    select
        collection.cohort_id,
        thresholds.book,
        collection.period_ordinal,
        collection.collected_share > thresholds.threshold
        or collection.collected_share = thresholds.threshold and thresholds.threshold_itself_passes as passes
    from {{ ref('int_cohorts__collection') }} as collection
    inner join thresholds
        on thresholds.entity_id = collection.entity_id
        and thresholds.from_ordinal <= collection.period_ordinal
        and thresholds.to_ordinal > collection.period_ordinal
    qualify passes is distinct from lag(passes) over (partition by collection.cohort_id, thresholds.book order by collection.period_ordinal)
),

closes as (
    select distinct
        contract_id,
        book,
        known_ordinal
    from {{ ref('int_contracts__estimates') }}
    union
    select
        approvals.contract_id,
        books.book,
        approvals.approval_ordinal as known_ordinal
    from {{ ref('int_contracts__approvals') }} as approvals
    cross join (select distinct book from {{ ref('books') }}) as books
    union
    select
        deteriorations.contract_id,
        books.book,
        deteriorations.known_ordinal
    from {{ ref('int_contracts__deteriorations') }} as deteriorations
    cross join (select distinct book from {{ ref('books') }}) as books
    union
    select
        cohorts.contract_id,
        turns.book,
        turns.period_ordinal as known_ordinal
    from {{ ref('int_contracts__self_serve') }} as cohorts
    inner join turns on turns.cohort_id = cohorts.cohort_id
    inner join {{ ref('int_contracts__approvals') }} as approvals
        on approvals.contract_id = cohorts.contract_id
        and approvals.approval_ordinal < turns.period_ordinal
),

estimated as (
    select
        closes.contract_id,
        closes.book,
        closes.known_ordinal,
        applicable.probability,
        applicable.estimate_id
    from closes
    left join {{ ref('int_contracts__estimates') }} as applicable
        on applicable.contract_id = closes.contract_id
        and applicable.book = closes.book
        and applicable.known_ordinal <= closes.known_ordinal
    qualify row_number() over (
        partition by closes.contract_id, closes.book, closes.known_ordinal
        order by applicable.nearness asc nulls last, applicable.known_ordinal desc, applicable.recorded_at desc
    ) = 1
),

assessed as (
    select
        estimated.contract_id,
        estimated.book,
        estimated.known_ordinal,
        coalesce(
            estimated.probability,
            case when cohorts.way_of_paying = 'prepaid' then cast(1 as decimal(38, 9)) end,
            collection.collected_share
        ) as probability,
        estimated.estimate_id,
        case
            when estimated.estimate_id is not null then estimated.estimate_id
            when cohorts.way_of_paying = 'prepaid' then 'paid before use'
            when collection.cohort_id is not null
                then 'cohort ' || collection.cohort_id || ', ' || cast(collection.document_count as varchar) || ' invoices due'
        end as evidence,
        thresholds.threshold,
        thresholds.threshold_itself_passes,
        thresholds.election_id as threshold_election_id
    from estimated
    inner join {{ ref('int_contracts__first_terms') }} as contracts on contracts.contract_id = estimated.contract_id
    left join {{ ref('int_contracts__self_serve') }} as cohorts on cohorts.contract_id = estimated.contract_id
    inner join thresholds
        on thresholds.book = estimated.book
        and thresholds.entity_id = contracts.entity_id
        and thresholds.from_ordinal <= estimated.known_ordinal
        and thresholds.to_ordinal > estimated.known_ordinal
    left join {{ ref('int_cohorts__collection') }} as collection
        on collection.cohort_id = cohorts.cohort_id
        and collection.period_ordinal = estimated.known_ordinal
        and estimated.estimate_id is null
),

int_contracts__collectability as (
    select
        contract_id,
        book,
        known_ordinal,
        probability,
        estimate_id,
        evidence,
        threshold,
        threshold_election_id,
        coalesce(probability > threshold or probability = threshold and threshold_itself_passes, true) as is_collectable
    from assessed
)

select * from int_contracts__collectability
