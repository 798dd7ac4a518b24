-- One row per row of a line whose change is approved and not priced yet, and closes that believed so: the fee that counts until the price is agreed (D12; ASC 606-10-25-11, IFRS 15.19).
--
-- The scope holds from its approval. Its price is variable consideration (D6): the fee of the row as
-- estimated (`variable_consideration` of the event, or of the line where the event states several
-- fees), constrained as stated there; without an estimate nothing is added to the fee before. More
-- time at a fee per interval cannot be had at no added price: such a row waits for an estimate.
with

citations as (
    select * from {{ ref('int_terms__unpriced') }}
),

-- All scenarios of one recording are one estimate.
stated as (
    select
        estimate_id,
        recorded_at,
        max(known_until_at) as known_until_at,
        min(scope_type) as scope_type,
        min(scope_id) as scope_id,
        min(as_of_date) as as_of_date,
        max(constrained_value) as constrained_amount,
        case min(method)
            when 'most_likely' then max_by(value, coalesce(probability, 1))
            else cast(sum(value * cast(coalesce(probability, 1) as decimal(18, 9))) as decimal(38, 9))
        end as expected_amount
    from {{ accepted(ref('stg_estimates')) }}
    where
        kind = 'variable_consideration'
        and book = '*'
        and value_unit = 'amount'
        and scope_type in ('contract_event', 'line')
    group by estimate_id, recorded_at
),

{{ standing_estimates('stated') }},

applicable as (
    select
        citations.input_row,
        estimates.estimate_id,
        estimates.recorded_at,
        estimates.as_of_date,
        estimates.expected_amount,
        estimates.constrained_amount,
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

closes as (
    select
        input_row,
        first_ordinal as known_ordinal
    from citations
    union
    select
        input_row,
        known_from_ordinal as known_ordinal
    from applicable
    union
    select
        input_row,
        known_to_ordinal as known_ordinal
    from applicable
),

in_force as (
    select
        citations.*,
        closes.known_ordinal,
        applicable.estimate_id,
        applicable.expected_amount,
        applicable.constrained_amount,
        case
            when applicable.estimate_id is not null then coalesce(applicable.constrained_amount, applicable.expected_amount)
            else citations.fee_before
        end as fee_amount
    from citations
    inner join closes
        on closes.input_row = citations.input_row
        and closes.known_ordinal >= citations.first_ordinal
        and closes.known_ordinal < citations.last_ordinal
    left join applicable
        on applicable.input_row = citations.input_row
        and applicable.known_from_ordinal <= closes.known_ordinal
        and applicable.known_to_ordinal > closes.known_ordinal
    qualify row_number() over (
        partition by citations.input_row, closes.known_ordinal
        order by applicable.nearness asc nulls last, applicable.as_of_date desc, applicable.recorded_at desc, applicable.estimate_id asc
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
