-- One row per row of a contract or line that cites a contract event: whether its terms hold, since which close, and if not, why.
--
-- A change whose scope is approved and whose price is not agreed holds at the price expected of it.
-- Judged row by row, from the row, its event and the line as first agreed: what is recorded
-- later about other rows never takes back what an earlier close could rely on.
with

citations as (
    select
        'contract_lines' as table_name,
        input_row,
        modified_by_event_id,
        contract_id,
        line_id,
        line_kind,
        product_id,
        meter_id,
        fixed_amount is not null as states_a_fee,
        recorded_at,
        known_until_at
    from {{ accepted(ref('stg_contract_lines')) }}
    where modified_by_event_id is not null

    union all

    select
        'contracts' as table_name,
        input_row,
        modified_by_event_id,
        contract_id,
        cast(null as varchar) as line_id,
        cast(null as varchar) as line_kind,
        cast(null as varchar) as product_id,
        cast(null as varchar) as meter_id,
        false as states_a_fee,
        recorded_at,
        known_until_at
    from {{ accepted(ref('stg_contracts')) }}
    where modified_by_event_id is not null
),

dated_lines as (
    select
        lines.*,
        first_known.period_ordinal as known_ordinal,
        min(lines.recorded_at) over (partition by lines.line_id, lines.modified_by_event_id) as first_recorded_at
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    left join {{ ref('int_contracts__first_terms') }} as contracts on contracts.contract_id = lines.contract_id
    {{ join_known_period('first_known', 'contracts.entity_id', 'lines.recorded_at') }}
),

-- What a line promises does not change under the same id: another promise is another line.
first_promises as (
    select
        line_id,
        contract_id,
        line_kind,
        product_id,
        meter_id
    from dated_lines
    {{ as_first_promised() }}
),

-- A fee without an agreed price holds since something says what it is until then (25-11, IFRS 15.19).
unpriced as (
    select
        input_row,
        min(known_from_ordinal) as known_from_ordinal
    from {{ ref('fct_unpriced_terms') }}
    group by input_row
),

judged as (
    select
        citations.*,
        unpriced.known_from_ordinal as expected_from_ordinal,
        contracts.entity_id,
        changes.effective_at,
        changes.segment_from_at,
        changes.known_from_ordinal as event_known_from_ordinal,
        coalesce(changes.known_to_ordinal, 999999) as event_known_to_ordinal,
        case
            when changes.contract_event_id is null then 'NO_SUCH_EVENT'
            when changes.contract_id <> citations.contract_id then 'OTHER_CONTRACT'
            when changes.approved_at is null then 'NOT_APPROVED'
            when changes.price_delta_amount is null and citations.states_a_fee and unpriced.input_row is null then 'NOT_PRICED'
            when
                citations.line_id is not null
                and (
                    first_promises.contract_id <> citations.contract_id
                    or first_promises.line_kind <> citations.line_kind
                    or first_promises.product_id is distinct from citations.product_id
                    or first_promises.meter_id is distinct from citations.meter_id
                )
                then 'OTHER_PROMISE'
        end as not_applied_reason
    from citations
    inner join {{ ref('int_contracts__first_terms') }} as contracts on contracts.contract_id = citations.contract_id
    left join {{ ref('fct_contract_changes') }} as changes on changes.contract_event_id = citations.modified_by_event_id
    left join first_promises on first_promises.line_id = citations.line_id
    left join unpriced
        on unpriced.input_row = citations.input_row
        and citations.table_name = 'contract_lines'
),

fct_changed_terms as (
    select
        judged.table_name,
        judged.input_row,
        judged.modified_by_event_id as contract_event_id,
        judged.contract_id,
        judged.line_id,
        judged.entity_id,
        judged.not_applied_reason,
        judged.effective_at,
        judged.segment_from_at,
        case
            when judged.not_applied_reason is null then greatest(known.period_ordinal, judged.event_known_from_ordinal, coalesce(judged.expected_from_ordinal, 0))
        end as known_from_ordinal,
        least(coalesce(replaced.period_ordinal, 999999), judged.event_known_to_ordinal) as known_to_ordinal
    from judged
    {{ join_known_period('known', 'judged.entity_id', 'judged.recorded_at') }}
    {{ join_known_period('replaced', 'judged.entity_id', 'judged.known_until_at') }}
)

select * from fct_changed_terms
