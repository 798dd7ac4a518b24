-- One row per usage line and close that learned of a price or an election: what the test of the right to invoice saw then (D4).
with

lines as (
    select
        lines.line_id,
        lines.entity_id,
        lines.contract_id,
        lines.currency,
        contracts.customer_id,
        contracts.termination_right
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    where lines.pattern = 'usage_as_rated'
),

elections as (
    {{ elections_of(['right_to_invoice'], 'lines', 'line_id', {'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'entity': 'entity_id'}) }}
),

rates as (
    select
        *,
        {{ int_div('next_revision', '10') }} as known_to_ordinal
    from {{ ref('fct_usage_rates') }}
),

closes as (
    select
        line_id,
        known_from_ordinal as as_of_ordinal
    from rates

    union distinct

    select
        elections.line_id,
        elections.changes_ordinal as as_of_ordinal
    from (
        select
            line_id,
            known_ordinal as changes_ordinal
        from elections
        union
        select
            line_id,
            replaced_ordinal as changes_ordinal
        from elections
        where replaced_ordinal < 999999
    ) as elections
    inner join (
        select
            line_id,
            min(known_from_ordinal) as first_ordinal
        from rates
        group by line_id
    ) as priced
        on priced.line_id = elections.line_id
        and priced.first_ordinal < elections.changes_ordinal
),

-- A price that is corrected for all time is one price; one that changes from a date on is two.
by_dimension as (
    select
        closes.line_id,
        closes.as_of_ordinal,
        rates.dim_1_value,
        rates.dim_2_value,
        min(rates.unit_code) as unit_code,
        {{ string_agg_ordered('coalesce(rates.not_rated_reason, rates.not_eligible_reason)') }} as reasons,
        min(rates.rate_amount) <> max(rates.rate_amount) or min(rates.rate_per_quantity) <> max(rates.rate_per_quantity) as rate_changes
    from closes
    inner join rates
        on rates.line_id = closes.line_id
        and rates.known_from_ordinal <= closes.as_of_ordinal
        and rates.known_to_ordinal > closes.as_of_ordinal
    group by closes.line_id, closes.as_of_ordinal, rates.dim_1_value, rates.dim_2_value
),

by_line as (
    select
        line_id,
        as_of_ordinal,
        min(unit_code) as unit_code,
        {{ string_agg_ordered('reasons') }} as reasons,
        bool_or(coalesce(rate_changes, false)) as rate_changes
    from by_dimension
    group by line_id, as_of_ordinal
),

int_right_to_invoice__by_close as (
    select
        lines.line_id,
        lines.entity_id,
        lines.contract_id,
        lines.termination_right,
        by_line.as_of_ordinal,
        by_line.reasons,
        by_line.rate_changes,
        -- prepaid credits: what is invoiced is the purchase, not the use
        coalesce(by_line.unit_code <> lines.currency, false) as is_prepaid,
        elections.election_id,
        nullif(elections.choice, 'computed') as choice
    from by_line
    inner join lines on lines.line_id = by_line.line_id
    left join elections
        on elections.line_id = by_line.line_id
        and elections.known_ordinal <= by_line.as_of_ordinal
        and elections.replaced_ordinal > by_line.as_of_ordinal
    qualify row_number() over (
        partition by lines.line_id, by_line.as_of_ordinal
        order by elections.nearness asc nulls last, elections.recorded_at desc, elections.election_id asc
    ) = 1
)

select * from int_right_to_invoice__by_close
