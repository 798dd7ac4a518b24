-- One row per set-up fee of a service that goes on until it is cancelled: the line of the service that each interval renews without paying it again.
--
-- Such a customer renews with every interval, and the fee is what it need not pay then: a right to
-- renew that no line states (ASC 606-10-55-51, 55-42; IFRS 15.B49, B40). Where the contract states its options, they count.
with

-- Few contracts charge for setting up: only their lines are looked at.
charged as (
    select distinct lines.contract_id
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('dim_products') }} as products
        on products.product_id = lines.product_id
        and products.product_kind = 'setup'
),

lines as (
    select
        lines.line_id,
        lines.contract_id,
        lines.line_kind,
        products.product_kind,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        coalesce(lines.service_end, contracts.effective_to) is null as is_open_ended
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join charged on charged.contract_id = lines.contract_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    inner join {{ ref('dim_products') }} as products on products.product_id = lines.product_id
    {{ join_known_period('first_known', 'contracts.entity_id', 'lines.recorded_at') }}
    where lines.modified_by_event_id is null
    {{ as_first_known('lines.line_id', 'lines') }}
),

services as (
    select
        contract_id,
        min(line_id) as service_line_id
    from lines
    where
        line_kind = 'fixed_fee'
        and product_kind in ('access', 'support')
        and amount_interval <> 'once'
        and is_open_ended
    group by contract_id
),

int_options__set_ups as (
    select
        lines.line_id,
        lines.contract_id,
        services.service_line_id
    from lines
    inner join services on services.contract_id = lines.contract_id
    where
        lines.line_kind = 'fixed_fee'
        and lines.product_kind = 'setup'
        and lines.amount_interval = 'once'
        and lines.contract_id not in (select options.contract_id from lines as options where options.line_kind = 'option')
)

select * from int_options__set_ups
