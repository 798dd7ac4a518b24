-- One row per row of a line whose obligation was modified, and closes that believed it: its terms and what brought it.
--
-- As long as the price of a change is not agreed, its fee is what was expected of it at each close.
with

obligations as (
    select distinct obligation_id
    from {{ ref('int_line_terms__changes') }}
),

dated as (
    select
        lines.line_id,
        promised.obligation_id,
        promised.contract_id,
        promised.entity_id,
        lines.modified_by_event_id as contract_event_id,
        coalesce(treated.treatment = 'SEPARATE', false) as is_separate,
        lines.price_id,
        lines.discount_rate,
        coalesce(unpriced.fee_amount, {{ fee_stated('lines', 'promised') }}) as fixed_amount,
        unpriced.input_row is not null and row_number() over (partition by lines.input_row order by unpriced.known_from_ordinal) > 1 as is_expected_anew,
        lines.quantity,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        lines.billing_timing,
        {{ instant('service_start', 'contracts.time_zone', 'lines') }} as service_start_at,
        {{ instant('service_end', 'contracts.time_zone', 'lines') }} as service_end_at,
        lines.recorded_at,
        greatest(coalesce(changed.known_from_ordinal, known.period_ordinal), coalesce(unpriced.known_from_ordinal, 0)) as known_from_ordinal,
        least(coalesce(changed.known_to_ordinal, replaced.period_ordinal, 999999), coalesce(unpriced.known_to_ordinal, 999999)) as known_to_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('dim_obligation_lines') }} as promised on promised.line_id = lines.line_id
    inner join obligations on obligations.obligation_id = promised.obligation_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = promised.contract_id
    left join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    left join {{ ref('fct_unpriced_terms') }} as unpriced on unpriced.input_row = changed.input_row
    left join {{ ref('fct_line_modifications') }} as treated on treated.input_row = lines.input_row
    {{ join_known_period('known', 'promised.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'promised.entity_id', 'lines.known_until_at') }}
    where lines.modified_by_event_id is null or changed.input_row is not null
),

int_line_terms__rows as (
    select
        *,
        -- the first row comes with its agreement, a later one corrects it
        case
            when is_expected_anew then {{ family('estimate') }}
            when row_number() over (
                partition by line_id, contract_event_id order by recorded_at
            ) > 1 then {{ family('rating') }}
            when contract_event_id is null then {{ family('contract') }}
            else {{ family('modification') }}
        end as arrived_family
    from dated
    -- replaced before the close that would have known it, a row was never believed
    where known_to_ordinal > known_from_ordinal
)

select * from int_line_terms__rows
