-- One row per row of a line that cites a contract event and holds: the terms it replaces and what it adds to them (D12).
with

held as (
    select
        lines.input_row,
        lines.line_id,
        lines.modified_by_event_id as contract_event_id,
        changed.contract_id,
        changed.entity_id,
        changed.effective_at,
        changed.segment_from_at,
        changed.known_from_ordinal,
        changed.known_to_ordinal,
        promised.obligation_id,
        promised.customer_id,
        promised.product_id,
        promised.currency,
        promised.pattern,
        -- work that passes by time is a series of days; by any other measure it is one whole
        promised.pattern <> 'progress' or coalesce(promised.progress_measure, promised.measure_until_reported) = 'time' as is_distinct,
        customers.jurisdiction,
        customers.customer_class,
        lines.quantity,
        -- of a price that is not agreed, what was expected of it by then (ASC 606-10-25-11, IFRS 15.19)
        coalesce(unpriced.fee_amount, lines.fixed_amount) as fixed_amount,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        lines.service_end
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    inner join {{ ref('dim_obligation_lines') }} as promised on promised.line_id = lines.line_id
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = promised.customer_id
    left join {{ ref('fct_unpriced_terms') }} as unpriced
        on unpriced.input_row = lines.input_row
        and unpriced.known_from_ordinal <= changed.known_from_ordinal
        and unpriced.known_to_ordinal > changed.known_from_ordinal
),

-- The terms that the row replaces: those of the event before it, else as first agreed.
before as (
    select
        held.input_row,
        earlier.quantity,
        earlier.fixed_amount,
        coalesce(earlier.amount_interval, 'once') as amount_interval,
        earlier.service_end
    from held
    inner join {{ accepted(ref('stg_contract_lines')) }} as earlier
        on earlier.line_id = held.line_id
        and earlier.modified_by_event_id is distinct from held.contract_event_id
    left join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = earlier.input_row
        and changed.not_applied_reason is null
    {{ join_known_period('known', 'held.entity_id', 'earlier.recorded_at') }}
    {{ join_known_period('replaced', 'held.entity_id', 'earlier.known_until_at') }}
    where
        coalesce(changed.known_from_ordinal, known.period_ordinal) <= held.known_from_ordinal
        and coalesce(changed.known_to_ordinal, replaced.period_ordinal, 999999) > held.known_from_ordinal
        and (
            earlier.modified_by_event_id is null
            or changed.segment_from_at < held.segment_from_at
            or changed.segment_from_at = held.segment_from_at and changed.contract_event_id < held.contract_event_id
        )
    qualify row_number() over (
        partition by held.input_row
        order by changed.segment_from_at desc nulls last, changed.contract_event_id desc, earlier.recorded_at desc
    ) = 1
),

described as (
    select
        held.*,
        case
            when replaced.input_row is null then 'line'
            when
                held.amount_interval = replaced.amount_interval
                and held.quantity > replaced.quantity
                and held.fixed_amount > replaced.fixed_amount
                and (held.service_end is not distinct from replaced.service_end)
                then 'quantity'
            when held.service_end > replaced.service_end then 'time'
            else 'nothing'
        end as adds,
        -- what is stated for an interval is compared with what one sells for alone
        case when replaced.input_row is null then coalesce(held.quantity, 1) else held.quantity - replaced.quantity end as added_quantity,
        case when replaced.input_row is null then held.fixed_amount else held.fixed_amount - replaced.fixed_amount end as added_amount
    from held
    left join before as replaced on replaced.input_row = held.input_row
),

-- What the event takes off what it adds is part of the price of that; what it takes off no line is off the price of all that remains.
discounts as (
    select
        changed.contract_event_id,
        changed.known_from_ordinal,
        changed.known_to_ordinal,
        lines.parent_line_id,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        lines.fixed_amount,
        coalesce(lines.discount_rate, 0) as discount_rate
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    where
        lines.line_kind = 'discount'
        and coalesce(lines.service_end > changed.segment_from_at, true)
),

lessened as (
    select
        described.input_row,
        sum(coalesce(discounts.fixed_amount, -described.added_amount * discounts.discount_rate)) as discount_amount,
        bool_and(
            discounts.parent_line_id is not null
            and (discounts.fixed_amount is null or discounts.amount_interval = described.amount_interval)
        ) as is_comparable
    from described
    inner join discounts
        on discounts.contract_event_id = described.contract_event_id
        and discounts.known_from_ordinal <= described.known_from_ordinal
        and discounts.known_to_ordinal > described.known_from_ordinal
        and coalesce(discounts.parent_line_id, described.line_id) = described.line_id
    where described.adds in ('line', 'quantity')
    group by described.input_row
),

int_lines__additions as (
    select
        described.*,
        -- a discount of all, or by another interval, says only that it is not the standalone price
        case
            when lessened.input_row is null then described.added_amount
            when lessened.is_comparable then described.added_amount + lessened.discount_amount
        end as net_added_amount
    from described
    left join lessened on lessened.input_row = described.input_row
)

select * from int_lines__additions
