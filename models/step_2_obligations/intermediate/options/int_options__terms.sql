-- One row per option line, or set-up fee that renewals do not charge again, and version of its terms: what it lets the customer buy, and which closes believed so.
--
-- Judged as known when the agreement that grants it became a contract: what an option is worth is settled at the
-- inception of the contract and is not measured again (ASC 606-10-32-43, IFRS 15.88).
with

versions as (
    select
        lines.*,
        changed.contract_event_id,
        coalesce(changed.known_from_ordinal, known.period_ordinal) as known_from_ordinal,
        coalesce(changed.known_to_ordinal, replaced.period_ordinal, 999999) as known_to_ordinal,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        contracts.minor_unit_exponent,
        contracts.time_zone,
        contracts.effective_from as contract_from_at,
        contracts.effective_to as contract_to_at,
        set_ups.service_line_id
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    left join {{ ref('int_options__set_ups') }} as set_ups on set_ups.line_id = lines.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    {{ join_known_period('known', 'contracts.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'contracts.entity_id', 'lines.known_until_at') }}
    where
        (lines.line_kind = 'option' or set_ups.line_id is not null)
        and (lines.modified_by_event_id is null or changed.input_row is not null)
),

-- A line that an event added counts as it was added: other terms for an old option are a modification.
first_agreed as (
    select *
    from versions
    where known_to_ordinal > known_from_ordinal
    qualify dense_rank() over (
        partition by line_id
        order by case when modified_by_event_id is null then 0 else 1 end, coalesce(modified_by_event_id, '')
    ) = 1
),

gates as (
    select
        contract_id,
        min(gate_ordinal) as gate_ordinal
    from {{ ref('fct_contract_gates') }}
    group by contract_id
),

parents as (
    select
        line_id,
        max_by(product_id, recorded_at) as product_id
    from {{ accepted(ref('stg_contract_lines')) }}
    where line_id in (select first_agreed.parent_line_id from first_agreed)
    group by line_id
),

int_options__terms as (
    select
        options.line_id,
        options.contract_id,
        options.entity_id,
        options.customer_id,
        customers.customer_class,
        customers.jurisdiction,
        options.currency,
        options.minor_unit_exponent,
        options.time_zone,
        options.product_id,
        products.product_kind,
        parents.product_id as parent_product_id,
        options.price_id,
        options.service_line_id,
        options.quantity,
        options.fixed_amount,
        options.discount_rate,
        coalesce(options.amount_interval, 'once') as amount_interval,
        {{ instant('service_start', 'options.time_zone', 'options') }} as from_at,
        coalesce({{ instant('service_end', 'options.time_zone', 'options') }}, options.contract_to_at) as to_at,
        case
            when options.modified_by_event_id is null then options.contract_from_at
            else {{ instant('service_start', 'options.time_zone', 'options') }}
        end as agreed_at,
        options.known_from_ordinal,
        options.known_to_ordinal,
        cast(greatest(
            min(options.known_from_ordinal) over (partition by options.line_id), coalesce(gates.gate_ordinal, 0)
        ) as integer) as inception_ordinal
    from first_agreed as options
    inner join {{ ref('dim_customers') }} as customers on customers.customer_id = options.customer_id
    left join {{ ref('dim_products') }} as products on products.product_id = options.product_id
    left join gates on gates.contract_id = options.contract_id
    left join parents on parents.line_id = options.parent_line_id
)

select * from int_options__terms
