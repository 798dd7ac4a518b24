-- One row per line whose amount is variable and closes that believed so: the estimate, how it is constrained, and what enters the price (D6; ASC 606-10-32-5..14, IFRS 15.50..59).
{%- set believed = [
    'estimate_id', 'estimate_recorded_at', 'expected_amount', 'constrained_amount', 'given_amount', 'amount', 'rule_code', 'earned_as', 'spread_over',
    'target_line_id', 'target_product_id', 'obligation_id', 'from_date', 'to_date',
] %}
with

decided as (
    select
        *,
        recorded_at as estimate_recorded_at,
        part_amount as amount,
        -- what a stated fee varies is earned with it; a contingent line says for which days it is
        case when variable_kind = 'contingent' then start_date end as from_date,
        case
            when variable_kind <> 'contingent' then null
            when end_date > start_date then end_date
            when spread_over = 'days' then cast(start_date + interval 1 day as date)
        end as to_date
    from {{ ref('int_variable__decided') }}
),

-- A close that believes what the one before did leaves no row.
changed as (
    select *
    from decided
    window in_order as (partition by variable_id order by window_from_ordinal)
    qualify
        row_number() over in_order = 1
        or lag(window_to_ordinal) over in_order <> window_from_ordinal
        {%- for column in believed %}
            or {{ column }} is distinct from lag({{ column }}) over in_order
        {%- endfor %}
),

ends as (
    select
        variable_id,
        max(window_to_ordinal) as last_ordinal
    from decided
    group by variable_id
),

fct_variable_consideration as (
    select
        changed.variable_id,
        changed.line_id,
        changed.contract_id,
        changed.entity_id,
        changed.currency,
        changed.variable_kind,
        changed.estimate_id,
        changed.estimate_recorded_at,
        changed.method,
        changed.scenario_count,
        changed.data_from,
        changed.data_to,
        changed.doubts,
        cast(changed.confidence as decimal(10, 9)) as confidence,
        cast(changed.worst_outcome as decimal(38, 9)) as worst_outcome,
        cast(changed.lower_outcome as decimal(38, 9)) as lower_outcome,
        cast(changed.contract_amount as decimal(38, 9)) as contract_amount,
        changed.expected_amount,
        changed.constrained_amount,
        cast(changed.given_amount as decimal(38, 9)) as given_amount,
        changed.amount,
        changed.rule_code,
        changed.earned_as,
        changed.spread_over,
        changed.target_line_id,
        changed.target_product_id,
        changed.obligation_id,
        changed.from_date,
        changed.to_date,
        cast(changed.window_from_ordinal as integer) as known_from_ordinal,
        cast(lead(changed.window_from_ordinal, 1, ends.last_ordinal) over (
            partition by changed.variable_id order by changed.window_from_ordinal
        ) as integer) as known_to_ordinal
    from changed
    inner join ends on ends.variable_id = changed.variable_id
)

select * from fct_variable_consideration
