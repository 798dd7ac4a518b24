-- One row per minimum that is earned with its overage and closes over which the charges beyond it exceed what is expected of them: by how much (section 3.5, method B).
--
-- What is resolved is no longer estimated: the price is never less than the minimum and the overage that was charged (E44).
with

uses as (
    select
        minimum_line_id,
        line_id
    from {{ ref('fct_minimum_uses') }}
    where is_by_progress
),

moves as (
    select
        uses.minimum_line_id,
        {{ int_div('rated.revision', '10') }} as known_ordinal,
        rated.charged_amount as charged,
        cast(0 as decimal(38, 18)) as expected
    from uses
    inner join {{ ref('fct_rated_usage') }} as rated on rated.line_id = uses.line_id

    union all

    select
        uses.minimum_line_id,
        case changes.sign when 1 then estimated.known_from_ordinal else estimated.known_to_ordinal end as known_ordinal,
        cast(0 as decimal(38, 18)) as charged,
        cast(changes.sign * estimated.amount as decimal(38, 18)) as expected
    from uses
    inner join {{ ref('fct_variable_consideration') }} as estimated on estimated.line_id = uses.line_id
    cross join (values (1), (-1)) as changes (sign)
),

to_date as (
    select
        minimum_line_id,
        known_ordinal as known_from_ordinal,
        lead(known_ordinal, 1, 999999) over in_order as known_to_ordinal,
        sum(sum(charged)) over in_order as charged,
        sum(sum(expected)) over in_order as expected
    from moves
    where known_ordinal < 999999
    group by minimum_line_id, known_ordinal
    window in_order as (partition by minimum_line_id order by known_ordinal)
),

int_price_parts__overage as (
    select
        lines.line_id || ':overage' as part_id,
        'overage' as component,
        'fee' as earned_as,
        'both' as book_scope,
        lines.contract_id,
        lines.entity_id,
        lines.currency,
        'fees' as spread_over,
        lines.line_id,
        cast(null as varchar) as product_id,
        cast(null as varchar) as obligation_id,
        cast(null as date) as from_date,
        cast(null as date) as to_date,
        cast(to_date.charged - to_date.expected as decimal(38, 18)) as amount,
        cast(to_date.known_from_ordinal as integer) as known_from_ordinal,
        cast(to_date.known_to_ordinal as integer) as known_to_ordinal,
        {{ family('usage') }} as arrived_family,
        {{ family('usage') }} as replaced_family
    from to_date
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = to_date.minimum_line_id
    where to_date.charged > to_date.expected
)

select * from int_price_parts__overage
