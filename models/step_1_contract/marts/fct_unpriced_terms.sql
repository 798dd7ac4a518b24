-- One row per row of a line whose change is approved and not priced yet, and closes that believed so: the fee that counts until the price is agreed (D12; ASC 606-10-25-11, IFRS 15.19).
--
-- The scope holds from its approval. Its price is variable consideration (D6): the fee of the row as
-- estimated (`variable_consideration` of the event, or of the line where the event states several
-- fees), constrained as all that is variable; without an estimate nothing is added to the fee before. More
-- time at a fee per interval cannot be had at no added price: such a row waits for an estimate.
with

citations as (
    select * from {{ ref('int_terms__unpriced') }}
),

{{ estimate_distributions(['variable_consideration'], "value_unit = 'amount' and scope_type in ('contract_event', 'line')") }},

applicable as (
    select
        estimates.*,
        citations.input_row,
        citations.input_row as subject_id,
        citations.contract_id,
        citations.entity_id,
        -- nobody knows when a price will be agreed, nor what the contract comes to without it
        cast(null as date) as resolves_on,
        cast(null as decimal(38, 9)) as contract_amount,
        cast(1 as decimal(38, 9)) as amount_per_value,
        cast(null as varchar) as method_choice,
        cast(null as varchar) as constraint_choice,
        case estimates.scope_type when 'contract_event' then 1 else 2 end as nearness,
        greatest(known.period_ordinal, coalesce(made.period_ordinal, known.period_ordinal)) as known_from_ordinal,
        coalesce(withdrawn.period_ordinal, 999999) as known_to_ordinal
    from citations
    inner join versions as estimates
        on estimates.scope_type = 'contract_event' and estimates.scope_id = citations.contract_event_id and citations.fee_count = 1
        or estimates.scope_type = 'line' and estimates.scope_id = citations.line_id
    {{ join_known_period('known', 'citations.entity_id', 'estimates.recorded_at') }}
    {{ join_known_period('withdrawn', 'citations.entity_id', 'estimates.withdrawn_at') }}
    {{ join_period_of_date('made', 'citations.entity_id', 'estimates.as_of_date') }}
),

{{ constrained_estimates('applicable') }},

closes as (
    select
        input_row,
        first_ordinal as known_ordinal
    from citations
    union
    select
        input_row,
        known_from_ordinal as known_ordinal
    from constrained
    union
    select
        input_row,
        known_to_ordinal as known_ordinal
    from constrained
),

in_force as (
    select
        citations.*,
        closes.known_ordinal,
        constrained.estimate_id,
        constrained.expected_outcome as expected_amount,
        constrained.constrained_outcome as constrained_amount,
        case when constrained.estimate_id is not null then constrained.constrained_outcome else citations.fee_before end as fee_amount
    from citations
    inner join closes
        on closes.input_row = citations.input_row
        and closes.known_ordinal >= citations.first_ordinal
        and closes.known_ordinal < citations.last_ordinal
    left join constrained
        on constrained.input_row = citations.input_row
        and constrained.known_from_ordinal <= closes.known_ordinal
        and constrained.known_to_ordinal > closes.known_ordinal
    qualify row_number() over (
        partition by citations.input_row, closes.known_ordinal
        order by constrained.nearness asc nulls last, constrained.as_of_date desc, constrained.recorded_at desc, constrained.estimate_id asc
    ) = 1
),

windows as (
    select
        *,
        lead(known_ordinal, 1, last_ordinal) over (partition by input_row order by known_ordinal) as next_ordinal
    from in_force
),

fct_unpriced_terms as (
    select
        input_row,
        contract_event_id,
        contract_id,
        line_id,
        entity_id,
        cast(known_ordinal as integer) as known_from_ordinal,
        cast(next_ordinal as integer) as known_to_ordinal,
        estimate_id,
        cast(expected_amount as decimal(38, 9)) as expected_amount,
        cast(constrained_amount as decimal(38, 9)) as constrained_amount,
        cast(fee_amount as decimal(38, 9)) as fee_amount
    from windows
    where fee_amount is not null
)

select * from fct_unpriced_terms
