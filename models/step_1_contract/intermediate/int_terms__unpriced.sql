-- One row per row of a line that states a fee for a change approved and not priced: the closes that know it, and the fee that stands if nothing is added (D12; ASC 606-10-25-11, IFRS 15.19).
--
-- More time at a fee per interval cannot be had at no added price: no fee stands for it.
with

changes as (
    select * from {{ ref('fct_contract_changes') }}
    where
        approved_at is not null
        and price_delta_amount is null
),

citations as (
    select
        lines.input_row,
        lines.line_id,
        lines.contract_id,
        lines.modified_by_event_id as contract_event_id,
        changes.entity_id,
        lines.fixed_amount,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        lines.service_end,
        lines.recorded_at,
        greatest(known.period_ordinal, changes.known_from_ordinal) as first_ordinal,
        least(coalesce(replaced.period_ordinal, 999999), changes.known_to_ordinal) as last_ordinal,
        count(*) over (partition by lines.modified_by_event_id) as fee_count
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join changes
        on changes.contract_event_id = lines.modified_by_event_id
        and changes.contract_id = lines.contract_id
    {{ join_known_period('known', 'changes.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'changes.entity_id', 'lines.known_until_at') }}
    where lines.fixed_amount is not null
),

-- What the line cost before, as known when the row was recorded: as agreed first, or by a change that has a price.
before as (
    select
        citations.input_row,
        earlier.fixed_amount,
        coalesce(earlier.amount_interval, 'once') as amount_interval,
        earlier.service_end
    from citations
    inner join {{ accepted(ref('stg_contract_lines')) }} as earlier
        on earlier.line_id = citations.line_id
        and earlier.modified_by_event_id is distinct from citations.contract_event_id
        and earlier.recorded_at <= citations.recorded_at
        and coalesce(earlier.known_until_at > citations.recorded_at, true)
    left join {{ ref('fct_contract_changes') }} as priced
        on priced.contract_event_id = earlier.modified_by_event_id
        and priced.approved_at is not null
        and priced.price_delta_amount is not null
    where earlier.modified_by_event_id is null or priced.contract_event_id is not null
    qualify row_number() over (
        partition by citations.input_row order by earlier.recorded_at desc, earlier.modified_by_event_id desc nulls last
    ) = 1
),

int_terms__unpriced as (
    select
        citations.*,
        case
            when before.input_row is null then 0
            when
                before.amount_interval = citations.amount_interval
                and (citations.amount_interval = 'once' or before.service_end is not distinct from citations.service_end)
                then before.fixed_amount
        end as fee_before
    from citations
    left join before on before.input_row = citations.input_row
)

select * from int_terms__unpriced
