-- One row per contract and book whose gate was elected instead of computed.
with

contracts as (
    select
        terms.contract_id,
        terms.entity_id,
        terms.customer_id,
        customers.customer_class,
        customers.jurisdiction
    from {{ ref('int_contracts__first_terms') }} as terms
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = terms.customer_id
),

elections as (
    {{ elections_of(
        ['contract_gate'], 'contracts', 'contract_id',
        {'contract': 'contract_id', 'customer': 'customer_id', 'customer_class': 'customer_class', 'jurisdiction': 'jurisdiction', 'entity': 'entity_id'},
    ) }}
),

int_contracts__gate_elections as (
    select
        elections.contract_id,
        books.book,
        elections.choice,
        elections.election_id,
        elections.known_ordinal
    from elections
    inner join (select distinct book from {{ ref('books') }}) as books on elections.book in (books.book, '*')
    where elections.choice in ('contract', 'no_contract')
    qualify row_number() over (partition by elections.contract_id, books.book order by {{ nearest_election('elections') }}) = 1
)

select * from int_contracts__gate_elections
