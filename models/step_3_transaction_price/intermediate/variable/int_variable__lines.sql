-- One row per line whose amount is variable, what of the price it moves and closes that believed its terms: the fees it belongs to.
--
-- A stated fee varies itself; what is contingent belongs to its parent, else to its product, else to all fees of the contract (ASC 606-10-32-40, IFRS 15.85).
with

variable as (
    select * from {{ ref('int_variable__stated') }}
),

contingent_lines as (
    select
        line_id,
        min(contract_id) as contract_id,
        min(customer_id) as customer_id,
        min(entity_id) as entity_id,
        min(known_from_ordinal) as first_ordinal
    from variable
    where line_kind = 'contingent'
    group by line_id
),

elected as (
    {{ elections_of(['variable_allocation'], 'contingent_lines', 'line_id', {'contract': 'contract_id', 'customer': 'customer_id', 'entity': 'entity_id'}) }}
),

-- What it belongs to is decided when it is agreed and known: an election of a later close would rewrite closed periods.
spread_over_all as (
    select line_id
    from (
        select
            elected.line_id,
            elected.choice
        from elected
        inner join contingent_lines
            on contingent_lines.line_id = elected.line_id
            and contingent_lines.first_ordinal >= elected.known_ordinal
            and contingent_lines.first_ordinal < elected.replaced_ordinal
        qualify row_number() over (partition by elected.line_id order by {{ nearest_election('elected') }}) = 1
    ) as nearest
    where choice = 'proportional'
),

int_variable__lines as (
    select
        line_id || case variable_kind when 'given_back' then ':given_back' else '' end as variable_id,
        *,
        case
            when variable_kind <> 'contingent' then line_id
            when line_id not in (select spread_over_all.line_id from spread_over_all) then parent_line_id
        end as target_line_id,
        case when variable_kind = 'contingent' and line_id not in (select spread_over_all.line_id from spread_over_all) then product_id end as target_product_id,
        count(*) over (partition by contract_id, variable_kind, known_from_ordinal) as lines_of_contract
    from variable
    where known_from_ordinal < known_to_ordinal
)

select * from int_variable__lines
