-- One row per contract that was entered without a person of the company: the cohort of its kind, by which its collection is told (D1).
with

first_lines as (
    select
        lines.contract_id,
        lines.line_kind,
        lines.true_up_on
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_contracts__first_terms') }} as contracts on contracts.contract_id = lines.contract_id
    {{ join_known_period('first_known', 'contracts.entity_id', 'lines.recorded_at') }}
    where lines.modified_by_event_id is null
    {{ as_first_known('lines.line_id', 'lines') }}
),

sold as (
    select
        contract_id,
        bool_or(line_kind = 'credit_pack' or line_kind = 'minimum_commitment' and true_up_on is null) as sells_lots
    from first_lines
    group by contract_id
),

paying as (
    select
        terms.contract_id,
        terms.entity_id,
        terms.currency,
        customers.customer_class,
        case
            when terms.payment_terms_days > 0 then 'arrears'
            when sold.sells_lots then 'prepaid'
            else 'card'
        end as way_of_paying
    from {{ ref('int_contracts__first_terms') }} as terms
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = terms.customer_id
    left join sold on sold.contract_id = terms.contract_id
    where terms.approval_kind in ('clickwrap', 'conduct', 'agent')
),

int_contracts__self_serve as (
    select
        contract_id,
        entity_id,
        way_of_paying,
        entity_id || '/' || currency || '/' || way_of_paying || '/' || coalesce(customer_class, 'any') as cohort_id
    from paying
)

select * from int_contracts__self_serve
