{{ config(materialized='view') }} {#- read once, by the model that measures what the fee buys -#}
-- One row per contract line, date on which it is priced and closes that believed so: the terms it is priced by.
--
-- A line is priced at the inception of its contract, and again when an event changes the contract.
with

line_rows as (
    select
        lines.line_id,
        lines.contract_id,
        lines.modified_by_event_id as contract_event_id,
        promises.entity_id,
        promises.customer_id,
        promises.currency,
        promises.product_id,
        promises.pattern,
        promises.line_kind,
        products.unit_code,
        -- of credits that come with a plan, what is expected to be used of them is sold (D8, D9)
        case
            when plans.expected_units < plans.quantity then cast({{ share_by_weight('lines.quantity', 'plans.expected_units', 'plans.quantity') }} as decimal(38, 9))
            else lines.quantity
        end as quantity,
        -- a price that is not agreed is stated by nobody
        case when unpriced.input_row is null then {{ fee_stated('lines', 'promises') }} end as fixed_amount,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        lines.recorded_at,
        contracts.time_zone,
        cast({{ local_from_utc(instant('service_start', 'contracts.time_zone', 'lines'), 'contracts.time_zone') }} as date) as from_date,
        cast({{ local_from_utc('coalesce(' ~ instant('service_end', 'contracts.time_zone', 'lines') ~ ', contracts.effective_to)', 'contracts.time_zone') }} as date) as to_date,
        case
            when lines.modified_by_event_id is null then coalesce(contracts.signed_at, contracts.effective_from)
            else changed.segment_from_at
        end as priced_at,
        coalesce(changed.known_from_ordinal, known.period_ordinal) as known_from_ordinal,
        coalesce(changed.known_to_ordinal, replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_lines__promises') }} as promises on promises.line_id = lines.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('dim_products') }} as products on products.product_id = promises.product_id
    left join {{ ref('int_lines__entitlements') }} as plans
        on plans.line_id = lines.line_id
        and promises.pattern = 'included_units'
    left join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    left join (select distinct input_row from {{ ref('fct_unpriced_terms') }}) as unpriced on unpriced.input_row = lines.input_row
    {{ join_known_period('known', 'promises.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'promises.entity_id', 'lines.known_until_at') }}
    where
        promises.product_id is not null
        and (lines.modified_by_event_id is null or changed.input_row is not null)
),

events as (
    select
        contract_id,
        contract_event_id,
        min(segment_from_at) as priced_at,
        min(known_from_ordinal) as known_from_ordinal,
        max(known_to_ordinal) as known_to_ordinal
    from {{ ref('fct_changed_terms') }}
    where not_applied_reason is null
    group by contract_id, contract_event_id
),

-- A line that an event does not touch is priced at its date too: what remains is shared out by such
-- prices. Of its rows that a close knew, the one that came into effect last is in force.
untouched as (
    select
        line_rows.* replace (
            events.contract_event_id as contract_event_id,
            events.priced_at as priced_at,
            greatest(line_rows.known_from_ordinal, events.known_from_ordinal) as known_from_ordinal,
            least(line_rows.known_to_ordinal, events.known_to_ordinal) as known_to_ordinal
        )
    from line_rows
    inner join events
        on events.contract_id = line_rows.contract_id
        and events.priced_at > line_rows.priced_at
        and events.contract_event_id is distinct from line_rows.contract_event_id
    left join line_rows as own
        on own.line_id = line_rows.line_id
        and own.contract_event_id = events.contract_event_id
    where own.line_id is null
    qualify row_number() over (
        partition by line_rows.line_id, events.contract_event_id, greatest(line_rows.known_from_ordinal, events.known_from_ordinal)
        order by line_rows.priced_at desc, line_rows.recorded_at desc
    ) = 1
),

int_line_purchases__rows as (
    select
        *,
        true as is_own_row
    from line_rows

    union all

    select
        * replace (
            least(known_to_ordinal, lead(known_from_ordinal, 1, 999999) over (
                partition by line_id, contract_event_id order by known_from_ordinal
            )) as known_to_ordinal
        ),
        false as is_own_row
    from untouched
)

select * from int_line_purchases__rows
