-- One row per amount payable to a customer, set of closes that believed so: a lower price of what the customer buys (D16; ASC 606-10-32-25..27, IFRS 15.70..72).
--
-- Spread over the fees that it is for (those of its parent line, its product, else all of the contract), it falls due with
-- their revenue, or at once where that was earned before it was promised. Beside use and prepaid units alone, whose total
-- nobody states, it is spread over the days of its own window.
with

contracts as (
    select * from {{ ref('dim_contracts') }}
),

lines as (
    select
        lines.*,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        contracts.time_zone,
        contracts.effective_to as contract_end_at,
        changed.contract_event_id,
        changed.effective_at,
        coalesce(changed.known_from_ordinal, known.period_ordinal) as known_from_ordinal,
        coalesce(changed.known_to_ordinal, replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    {{ join_known_period('known', 'contracts.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'contracts.entity_id', 'lines.known_until_at') }}
    where
        lines.line_kind = 'payable_to_customer'
        and (lines.modified_by_event_id is null or changed.input_row is not null)
),

elected as (
    {{ elections_of(['payable_to_customer'], 'lines', 'line_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'entity': 'entity_id',
    }) }}
),

{{ windows_between_closes('line_id', {
    'lines': ['known_from_ordinal', 'known_to_ordinal'],
    'elected': ['known_ordinal', 'replaced_ordinal'],
}) }},

-- At each close the terms changed last, as elected then.
in_force as (
    select
        lines.*,
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        elected.choice,
        elected.election_id
    from windows
    inner join lines
        on lines.line_id = windows.line_id
        and lines.known_from_ordinal <= windows.window_from_ordinal
        and lines.known_to_ordinal > windows.window_from_ordinal
    left join elected
        on elected.line_id = windows.line_id
        and elected.known_ordinal <= windows.window_from_ordinal
        and elected.replaced_ordinal > windows.window_from_ordinal
    qualify row_number() over (
        partition by windows.line_id, windows.window_from_ordinal
        order by lines.effective_at desc nulls last, lines.recorded_at desc, {{ nearest_election('elected') }}
    ) = 1
),

-- Whether a price is stated for what it is for.
related as (
    select
        in_force.line_id,
        in_force.window_from_ordinal,
        bool_or(obligations.pattern not in {{ patterns_without_fees() }}) as has_fees,
        min(obligations.obligation_id) as obligation_id
    from in_force
    inner join {{ ref('dim_obligation_lines') }} as obligations
        on obligations.contract_id = in_force.contract_id
        and (in_force.parent_line_id is null or obligations.line_id = in_force.parent_line_id)
        and (in_force.product_id is null or obligations.product_id = in_force.product_id)
    group by in_force.line_id, in_force.window_from_ordinal
),

dated as (
    select
        in_force.*,
        related.obligation_id,
        related.has_fees,
        cast({{ local_from_utc(instant('service_start', 'in_force.time_zone', 'in_force'), 'in_force.time_zone') }} as date) as start_date,
        cast({{ local_from_utc('coalesce(' ~ instant('service_end', 'in_force.time_zone', 'in_force') ~ ', in_force.contract_end_at)', 'in_force.time_zone') }} as date) as end_date
    from in_force
    left join related
        on related.line_id = in_force.line_id
        and related.window_from_ordinal = in_force.window_from_ordinal
),

int_price_parts__payable as (
    select
        line_id as part_id,
        'payable_to_customer' as component,
        'payable_to_customer' as earned_as,
        'both' as book_scope,
        contract_id,
        entity_id,
        currency,
        case
            when obligation_id is null then 'nothing'
            when has_fees then 'fees'
            else 'days'
        end as spread_over,
        parent_line_id as line_id,
        product_id,
        case when not has_fees then obligation_id end as obligation_id,
        start_date as from_date,
        case
            when end_date > start_date then end_date
            when not has_fees then cast(start_date + interval 1 day as date)
        end as to_date,
        cast(-abs(fixed_amount) as decimal(38, 18)) as amount,
        window_from_ordinal as known_from_ordinal,
        window_to_ordinal as known_to_ordinal,
        case when contract_event_id is null then {{ family('contract') }} else {{ family('modification') }} end as arrived_family,
        {{ family('rating') }} as replaced_family,
        choice,
        election_id
    from dated
)

select * from int_price_parts__payable
