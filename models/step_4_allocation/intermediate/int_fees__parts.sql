-- One row per fee interval, window of belief and component that parts of the price add to it (payable to the customer, concessions, financing, payment in kind).
--
-- A part is shared over the fees that it is for by what is allocated to them: over obligations by the terms now agreed,
-- within each by its intervals, by days where nothing is charged. What is earned as the fee itself is added to its
-- amount; the rest is a row of its own with its component. The fee of a promise that is left aside leaves it whole.
with

believed as (
    select * from {{ ref('int_fees__beliefs') }}
),

parts as (
    select * from {{ ref('int_fees__spread_parts') }}
),

weighed as (
    select
        believed.fee_number,
        believed.window_from_ordinal,
        believed.obligation_id,
        believed.segment_number,
        believed.is_latest_segment,
        parts.part_id,
        parts.component as part_component,
        parts.earned_as,
        parts.book_scope,
        {{ int_div(attos('parts.amount'), '1000000000') }} as part_billionths,
        greatest(believed.from_date, coalesce(parts.from_date, believed.from_date)) as part_from_date,
        least(believed.to_date, coalesce(parts.to_date, believed.to_date)) as part_to_date,
        greatest({{ days_between('greatest(believed.from_date, coalesce(parts.from_date, believed.from_date))', 'least(believed.to_date, coalesce(parts.to_date, believed.to_date))') }}, 1) as part_days,
        greatest({{ days_between('believed.from_date', 'believed.to_date') }}, 1) as fee_days,
        believed.allocated_amount
    from believed
    inner join parts
        on parts.contract_id = believed.contract_id
        and parts.known_from_ordinal <= believed.window_from_ordinal
        and parts.known_to_ordinal > believed.window_from_ordinal
        and (parts.line_id is null or parts.line_id = believed.line_id)
        and (parts.product_id is null or parts.product_id = believed.product_id)
        and (parts.from_date is null or parts.from_date < greatest(believed.to_date, cast(believed.from_date + interval 1 day as date)))
        and (parts.to_date is null or parts.to_date > believed.from_date)
        and not (parts.is_for_others and believed.is_immaterial)
),

-- Amounts in ten-thousandths, of the days that the part is for; days alone where nothing is charged.
counted as (
    select
        *,
        {{ int_div('cast(allocated_amount * 10000 as ' ~ wide_integer() ~ ') * part_days', 'fee_days') }} as charged,
        sum({{ int_div('cast(allocated_amount * 10000 as ' ~ wide_integer() ~ ') * part_days', 'fee_days') }}) over segment as segment_charged
    from weighed
    window segment as (partition by part_id, book_scope, window_from_ordinal, obligation_id, segment_number)
),

summed as (
    select
        *,
        case when segment_charged = 0 then part_days else charged end as weight,
        sum(case when segment_charged = 0 then part_days else charged end) over segment as segment_weight,
        sum(case when segment_charged = 0 then part_days else charged end) over in_order as weight_up_to,
        sum(case when is_latest_segment then charged else 0 end) over part as part_charged
    from counted
    window
        part as (partition by part_id, book_scope, window_from_ordinal),
        segment as (partition by part_id, book_scope, window_from_ordinal, obligation_id, segment_number),
        in_order as (
            partition by part_id, book_scope, window_from_ordinal, obligation_id, segment_number
            order by part_from_date, fee_number rows between unbounded preceding and current row
        )
),

-- What of the part belongs to each obligation, by the terms now agreed.
obligations as (
    select
        *,
        sum(weight) over (
            partition by part_id, book_scope, window_from_ordinal order by obligation_id rows between unbounded preceding and current row
        ) as weight_up_to,
        sum(weight) over (partition by part_id, book_scope, window_from_ordinal) as part_weight
    from (
        select
            part_id,
            book_scope,
            window_from_ordinal,
            obligation_id,
            sum(case when not is_latest_segment then 0 when part_charged = 0 then part_days else charged end) as weight
        from summed
        group by part_id, book_scope, window_from_ordinal, obligation_id
    ) as by_obligation
),

shared as (
    select
        summed.*,
        {{ int_div('summed.part_billionths * obligations.weight_up_to', 'greatest(obligations.part_weight, 1)') }}
        - {{ int_div('summed.part_billionths * (obligations.weight_up_to - obligations.weight)', 'greatest(obligations.part_weight, 1)') }} as obligation_share
    from summed
    inner join obligations
        on obligations.part_id = summed.part_id
        and obligations.book_scope = summed.book_scope
        and obligations.window_from_ordinal = summed.window_from_ordinal
        and obligations.obligation_id = summed.obligation_id
),

int_fees__parts as (
    select
        shared.part_id,
        shared.part_component,
        shared.earned_as,
        shared.book_scope,
        shared.part_from_date,
        shared.part_to_date,
        believed.* exclude (product_id, is_immaterial),
        cast({{ from_billionths(
            int_div('shared.obligation_share * shared.weight_up_to', 'greatest(shared.segment_weight, 1)')
            ~ ' - ' ~ int_div('shared.obligation_share * (shared.weight_up_to - shared.weight)', 'greatest(shared.segment_weight, 1)')
        ) }} as decimal(38, 18)) as part_amount
    from shared
    inner join believed
        on believed.fee_number = shared.fee_number
        and believed.window_from_ordinal = shared.window_from_ordinal

    union all

    select
        contract_id || ':immaterial' as part_id,
        'immaterial' as part_component,
        'fee' as earned_as,
        'asc606' as book_scope,
        from_date as part_from_date,
        to_date as part_to_date,
        * exclude (product_id, is_immaterial),
        cast(-allocated_amount as decimal(38, 18)) as part_amount
    from believed
    where is_immaterial
)

select * from int_fees__parts
