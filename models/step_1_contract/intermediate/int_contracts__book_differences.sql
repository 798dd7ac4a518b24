-- One row per contract that the books may see apart for another reason than its gate, and the reason.
--
-- Such a contract is computed for each book from its gate on: everything after that follows.
-- A licence that is renewed is revenue when its term starts under ASC 606, when agreed under
-- IFRS 15 (ASC 606-10-55-58C, IFRS 15.B61). What is received in kind is measured at inception under
-- ASC 606; IFRS 15 names no date, so it may be elected to be that of receipt (ASC 606-10-32-21,
-- IFRS 15.66, BC254C). When outcomes are revenue may be elected for one book alone (D17).
with

renewed as (
    select contract_id
    from {{ accepted(ref('stg_contracts')) }}
    where renews_contract_id is not null
    union
    select contract_id
    from {{ accepted(ref('stg_contract_events')) }}
    where event_kind = 'renewed'
),

renewed_licences as (
    select distinct
        lines.contract_id,
        'X5' as difference_code
    from renewed
    inner join {{ accepted(ref('stg_contract_lines')) }} as lines on lines.contract_id = renewed.contract_id
    inner join {{ ref('dim_products') }} as products
        on products.product_id = lines.product_id
        and products.product_kind = 'licence'
),

elected as (
    {%- for code, topic, choice, book, line_kinds in [
        ('X8', 'immaterial_promises', 'ignore', 'asc606', none),
        ('X10', 'noncash_date', 'receipt', 'ifrs15', "('noncash')"),
    ] %}
        select distinct
            lines.contract_id,
            '{{ code }}' as difference_code
        from {{ accepted(ref('stg_contract_lines')) }} as lines
        inner join {{ ref('int_contracts__first_terms') }} as contracts on contracts.contract_id = lines.contract_id
        inner join {{ accepted(ref('stg_policy_elections')) }} as elections
            on elections.topic = '{{ topic }}'
            and elections.choice = '{{ choice }}'
            and elections.book in ('*', '{{ book }}')
            and (
                elections.scope_type = 'global'
                or elections.scope_type = 'entity' and elections.scope_id = contracts.entity_id
                or elections.scope_type = 'customer' and elections.scope_id = contracts.customer_id
                or elections.scope_type = 'contract' and elections.scope_id = contracts.contract_id
                or elections.scope_type = 'line' and elections.scope_id = lines.line_id
            )
        {%- if line_kinds %}
            where lines.line_kind in {{ line_kinds }}
        {%- endif %}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

outcomes_elected as (
    select distinct
        lines.contract_id,
        'D17' as difference_code
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__first_terms') }} as contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = contracts.customer_id
    inner join {{ accepted(ref('stg_policy_elections')) }} as elections
        on elections.topic = 'outcome_policy'
        and elections.book <> '*'
        and elections.scope_type in ('global', 'entity', 'jurisdiction', 'customer_class', 'customer', 'product', 'contract', 'line')
        and coalesce(elections.scope_id, '') = case elections.scope_type
            when 'line' then lines.line_id
            when 'contract' then lines.contract_id
            when 'customer' then contracts.customer_id
            when 'product' then lines.product_id
            when 'customer_class' then customers.customer_class
            when 'jurisdiction' then customers.jurisdiction
            when 'entity' then contracts.entity_id
            else coalesce(elections.scope_id, '')
        end
    where lines.line_kind = 'outcome'
),

int_contracts__book_differences as (
    select * from renewed_licences
    union all
    select * from elected
    union all
    select * from outcomes_elected
)

select * from int_contracts__book_differences
