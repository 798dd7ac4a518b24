-- One row per contract, book and estimate of collection that applies to it: since which close it is known, and how near its scope is (D1).
with

estimates as (
    select * from {{ accepted(ref('stg_estimates')) }}
    where kind = 'collectability' and scenario_no = 1
),

contracts as (
    select
        terms.contract_id,
        terms.entity_id,
        terms.customer_id,
        customers.customer_class,
        customers.jurisdiction,
        cohorts.cohort_id,
        cohorts.way_of_paying
    from {{ ref('int_contracts__first_terms') }} as terms
    inner join {{ ref('dim_customers') }} as customers on customers.customer_id = terms.customer_id
    left join {{ ref('int_contracts__self_serve') }} as cohorts on cohorts.contract_id = terms.contract_id
),

int_contracts__estimates as (
    select
        contracts.contract_id,
        books.book,
        estimates.value as probability,
        estimates.recorded_at,
        estimates.estimate_id,
        greatest(known.period_ordinal, made.period_ordinal) as known_ordinal,
        case estimates.scope_type
            when 'contract' then 1
            when 'customer' then 2
            when 'cohort' then 3
            when 'customer_class' then 4
            when 'jurisdiction' then 5
            when 'entity' then 6
            else 7
        end as nearness
    from contracts
    cross join (select distinct book from {{ ref('books') }}) as books
    inner join estimates
        on estimates.book in (books.book, '*')
        and (
            estimates.scope_type = 'global'
            or estimates.scope_type = 'entity' and estimates.scope_id = contracts.entity_id
            or estimates.scope_type = 'jurisdiction' and estimates.scope_id = contracts.jurisdiction
            or estimates.scope_type = 'customer_class' and estimates.scope_id = contracts.customer_class
            or estimates.scope_type = 'cohort' and estimates.scope_id in (contracts.cohort_id, contracts.way_of_paying)
            or estimates.scope_type = 'customer' and estimates.scope_id = contracts.customer_id
            or estimates.scope_type = 'contract' and estimates.scope_id = contracts.contract_id
        )
    {{ join_known_period('known', 'contracts.entity_id', 'estimates.recorded_at') }}
    {{ join_period_of_date('made', 'contracts.entity_id', 'estimates.as_of_date') }}
)

select * from int_contracts__estimates
