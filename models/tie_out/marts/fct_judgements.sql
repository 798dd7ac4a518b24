-- One row per book, subject, decision and close at which its outcome changed.
with

judgements as (
    select * from {{ ref('fct_contract_judgements') }}
    union all
    select * from {{ ref('fct_criteria_judgements') }}
    union all
    select * from {{ ref('fct_term_judgements') }}
    union all
    select * from {{ ref('fct_modification_judgements') }}
    union all
    select * from {{ ref('fct_obligation_judgements') }}
    union all
    select * from {{ ref('fct_entitlement_judgements') }}
    union all
    select * from {{ ref('fct_progress_judgements') }}
    union all
    select * from {{ ref('fct_option_judgements') }}
    union all
    select * from {{ ref('fct_royalty_judgements') }}
    union all
    select * from {{ ref('fct_price_judgements') }}
    union all
    select * from {{ ref('fct_consideration_judgements') }}
    union all
    select * from {{ ref('fct_credit_judgements') }}
    union all
    select * from {{ ref('fct_outcome_judgements') }}
    union all
    select * from {{ ref('fct_allocation_judgements') }}
    union all
    select * from {{ ref('fct_remote_judgements') }}
    union all
    select * from {{ ref('fct_deposit_judgements') }}
),

books as (
    select distinct book from {{ ref('books') }}
),

by_book as (
    select
        books.book,
        judgements.* exclude (book)
    from judgements
    inner join books on judgements.book in (books.book, '*')
),

-- The company's own word on the rule, as the close knew it: a computed answer that it elected is
-- an election too. An election for one contract or line is named by the judgement itself.
elections as (
    select
        entities.entity_id,
        elections.book,
        elections.election_id,
        topics.rule as decision_code,
        known.period_ordinal as known_ordinal,
        coalesce(replaced.period_ordinal, 999999) as replaced_ordinal
    from {{ accepted(ref('stg_policy_elections')) }} as elections
    inner join {{ ref('policy_topics') }} as topics
        on topics.topic = elections.topic
        and topics.is_applied
    inner join {{ ref('dim_entities') }} as entities
        on elections.scope_type = 'global'
        or elections.scope_type = 'entity' and entities.entity_id = elections.scope_id
    {{ join_known_period('known', 'entities.entity_id', 'elections.recorded_at') }}
    {{ join_known_period('replaced', 'entities.entity_id', 'elections.known_until_at') }}
),

decided as (
    select distinct
        book,
        entity_id,
        decision_code,
        as_of_ordinal
    from by_book
    where basis = 'default'
),

elected as (
    select
        decided.book,
        decided.entity_id,
        decided.decision_code,
        decided.as_of_ordinal,
        {{ string_agg_ordered('elections.election_id') }} as election_ids
    from decided
    inner join elections
        on elections.entity_id = decided.entity_id
        and elections.book in (decided.book, '*')
        and elections.decision_code = decided.decision_code
        and elections.known_ordinal <= decided.as_of_ordinal
        and elections.replaced_ordinal > decided.as_of_ordinal
    group by decided.book, decided.entity_id, decided.decision_code, decided.as_of_ordinal
),

fct_judgements as (
    select
        by_book.book,
        by_book.entity_id,
        by_book.subject_type,
        by_book.subject,
        by_book.decision_code,
        by_book.outcome,
        by_book.rule_code,
        by_book.inputs_seen,
        case when by_book.basis = 'default' and elected.election_ids is not null then 'election ' || elected.election_ids else by_book.basis end as basis,
        periods.period_id as as_of_period_id
    from by_book
    left join elected
        on elected.book = by_book.book
        and elected.entity_id = by_book.entity_id
        and elected.decision_code = by_book.decision_code
        and elected.as_of_ordinal = by_book.as_of_ordinal
        and by_book.basis = 'default'
    left join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = by_book.entity_id
        and periods.period_ordinal = by_book.as_of_ordinal
)

select * from fct_judgements
