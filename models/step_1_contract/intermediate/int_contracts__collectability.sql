-- One row per contract, book and close at which collection was assessed: the narrowest estimate known then (D1; ASC 606-10-25-1(e), IFRS 15.9(e)).
with

books as (
    select distinct book from {{ ref('books') }}
),

estimates as (
    select * from {{ accepted(ref('stg_estimates')) }}
    where kind = 'collectability' and scenario_no = 1
),

applicable as (
    select
        contracts.contract_id,
        books.book,
        estimates.value as probability,
        estimates.recorded_at,
        estimates.estimate_id,
        greatest(known.period_ordinal, made.period_ordinal) as known_ordinal,
        case estimates.scope_type
            when 'contract' then 5
            when 'customer' then 4
            when 'customer_class' then 3
            when 'entity' then 2
            else 1
        end as nearness
    from {{ ref('int_contracts__first_terms') }} as contracts
    inner join {{ ref('dim_customers') }} as customers on customers.customer_id = contracts.customer_id
    cross join books
    inner join estimates
        on estimates.book in (books.book, '*')
        and (
            estimates.scope_type = 'global'
            or estimates.scope_type = 'entity' and estimates.scope_id = contracts.entity_id
            or estimates.scope_type = 'customer_class' and estimates.scope_id = customers.customer_class
            or estimates.scope_type = 'customer' and estimates.scope_id = contracts.customer_id
            or estimates.scope_type = 'contract' and estimates.scope_id = contracts.contract_id
        )
    {{ join_known_period('known', 'contracts.entity_id', 'estimates.recorded_at') }}
    {{ join_period_of_date('made', 'contracts.entity_id', 'estimates.as_of_date') }}
),

closes as (
    select distinct
        contract_id,
        book,
        known_ordinal
    from applicable
    union
    select
        approvals.contract_id,
        books.book,
        approvals.approval_ordinal as known_ordinal
    from {{ ref('int_contracts__approvals') }} as approvals
    cross join books
),

int_contracts__collectability as (
    select
        closes.contract_id,
        closes.book,
        closes.known_ordinal,
        applicable.probability,
        applicable.estimate_id
    from closes
    left join applicable
        on applicable.contract_id = closes.contract_id
        and applicable.book = closes.book
        and applicable.known_ordinal <= closes.known_ordinal
    qualify row_number() over (
        partition by closes.contract_id, closes.book, closes.known_ordinal
        order by applicable.nearness desc nulls last, applicable.known_ordinal desc, applicable.recorded_at desc
    ) = 1
)

select * from int_contracts__collectability
