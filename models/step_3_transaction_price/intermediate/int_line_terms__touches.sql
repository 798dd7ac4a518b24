-- One row per performance obligation, event and row of it that changes its terms: from when, and the closes that knew (D12; ASC 606-10-25-10, IFRS 15.18).
with

obligation_lines as (
    select * from {{ ref('dim_obligation_lines') }}
),

changed as (
    select * from {{ ref('fct_changed_terms') }}
    where not_applied_reason is null
),

-- What an event says of the price of what is ahead, beside what each promise costs: a discount, the price of a package.
prices_ahead as (
    select
        changed.*,
        promised.line_kind = 'discount' as is_discount,
        case when promised.line_kind = 'discount' then promised.parent_line_id else promised.line_id end as priced_line_id
    from changed
    inner join {{ accepted(ref('stg_contract_lines')) }} as lines
        on changed.table_name = 'contract_lines'
        and lines.input_row = changed.input_row
        and coalesce(lines.service_end > changed.segment_from_at, true)
    inner join obligation_lines as promised
        on promised.line_id = changed.line_id
        and promised.pattern = 'price_only'
),

-- Terms without an end are agreed interval by interval: a price of some of these is theirs alone.
open_lines as (
    select distinct lines.line_id
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    where
        lines.service_end is null
        and contracts.effective_to is null
),

reached as (
    select
        prices_ahead.* exclude (is_discount, priced_line_id),
        reached_lines.obligation_id,
        reached_lines.pattern in {{ patterns_by_handover() }} as is_goods,
        bool_or(
            reached_lines.pattern in {{ patterns_by_handover() }}
            or coalesce(reached_lines.added_by_event_id = prices_ahead.contract_event_id, false)
        ) over (partition by prices_ahead.input_row, prices_ahead.known_from_ordinal) as begins_anew,
        open_lines.line_id is not null as is_open
    from prices_ahead
    inner join obligation_lines as reached_lines
        on reached_lines.contract_id = prices_ahead.contract_id
        and (reached_lines.pattern in {{ patterns_by_handover() }} or reached_lines.pattern in {{ patterns_by_day() }})
        and (
            prices_ahead.is_discount and prices_ahead.priced_line_id is null
            or reached_lines.line_id = prices_ahead.priced_line_id
            or reached_lines.parent_line_id = prices_ahead.priced_line_id
        )
    left join open_lines on open_lines.line_id = reached_lines.line_id
),

-- An event touches an obligation by a row of one of its lines, by a new end of the contract, or by a price of goods or of what it
-- adds: what has been handed over keeps its price, and what shares that price is cut with them (25-13(a), IFRS 15.21(a)).
touching as (
    select
        obligation_lines.obligation_id,
        changed.*,
        false as is_repriced
    from changed
    inner join obligation_lines on obligation_lines.line_id = changed.line_id

    union all

    select
        obligation_lines.obligation_id,
        changed.*,
        false as is_repriced
    from changed
    inner join obligation_lines on obligation_lines.contract_id = changed.contract_id
    where changed.table_name = 'contracts'

    union all

    select
        obligation_id,
        reached.* exclude (obligation_id, is_goods, begins_anew, is_open),
        true as is_repriced
    from reached
    where begins_anew and (is_goods or not is_open)
),

int_line_terms__touches as (
    select
        obligation_id,
        contract_id,
        entity_id,
        contract_event_id,
        effective_at,
        segment_from_at,
        known_from_ordinal,
        known_to_ordinal,
        bool_or(is_repriced) as is_repriced
    from touching
    group by all
)

select * from int_line_terms__touches
