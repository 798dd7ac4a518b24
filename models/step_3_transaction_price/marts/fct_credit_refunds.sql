-- One row per lot, day on which units of it were paid back and closes that believed so: what they cost, what was credited for them, and what was kept.
--
-- A note (or money paid back alone) for a cancellation belongs to the refunds of its line nearest to its day; what it gives back beyond
-- their cost belongs to refunds of the line that have none. Where it gives back less than the units cost, the rest is kept: consideration for what
-- remains (D12; ASC 606-10-25-13(a), IFRS 15.21(a)); where it gives back more, what was kept before goes back. Refunds without a note wait for it.
with

costs as (
    select * from {{ ref('int_credit_refunds__costs') }}
),

days as (
    select
        line_id,
        known_from_ordinal,
        refund_date,
        sum(refunded_amount) as refunded_amount,
        max(minor_unit_exponent) as minor_unit_exponent
    from costs
    group by line_id, known_from_ordinal, refund_date
),

nearest as (
    select
        credits.line_id,
        days.known_from_ordinal,
        days.refund_date,
        credits.amount
    from {{ ref('int_credit_refunds__credits') }} as credits
    inner join days
        on days.line_id = credits.line_id
        and days.known_from_ordinal >= credits.known_ordinal
        and days.known_from_ordinal < credits.void_ordinal
    qualify row_number() over (
        partition by credits.credit_id, credits.known_ordinal, days.known_from_ordinal
        order by abs({{ days_between('days.refund_date', 'credits.credit_date') }}), days.refund_date
    ) = 1
),

noted as (
    select
        days.line_id,
        days.known_from_ordinal,
        days.refund_date,
        days.refunded_amount as refunded_of_day,
        days.minor_unit_exponent,
        sum(nearest.amount) as amount
    from days
    left join nearest
        on nearest.line_id = days.line_id
        and nearest.known_from_ordinal = days.known_from_ordinal
        and nearest.refund_date = days.refund_date
    group by all
),

-- What is above the cost of its day, and days without a note.
unmatched as (
    select
        *,
        case
            when 2 * (amount - refunded_of_day) >= {{ from_minor_units('1', 'minor_unit_exponent') }} then amount - refunded_of_day
            else 0
        end as above,
        case when amount is null then refunded_of_day else 0 end as waiting
    from noted
),

to_date as (
    select
        *,
        sum(above) over in_line as above_of_line,
        sum(waiting) over in_line as waiting_of_line,
        sum(above) over by_date as above_to_date,
        sum(waiting) over by_date as waiting_to_date
    from unmatched
    window
        in_line as (partition by line_id, known_from_ordinal),
        by_date as (partition by line_id, known_from_ordinal order by refund_date rows between unbounded preceding and current row)
),

passed as (
    select
        *,
        least(above, greatest(waiting_of_line - (above_to_date - above), 0)) as given,
        least(waiting, greatest(above_of_line - (waiting_to_date - waiting), 0)) as taken
    from to_date
),

credited as (
    select
        costs.*,
        passed.refunded_of_day,
        cast(case when passed.amount is not null or passed.taken > 0 then coalesce(passed.amount, 0) - passed.given + passed.taken end as decimal(38, 18)) as credited_of_day,
        cast(sum(costs.refunded_amount) over (
            partition by costs.line_id, costs.known_from_ordinal, costs.refund_date
            order by costs.grant_id
            rows between unbounded preceding and current row
        ) as decimal(38, 18)) as refunded_to_here
    from costs
    inner join passed
        on passed.line_id = costs.line_id
        and passed.known_from_ordinal = costs.known_from_ordinal
        and passed.refund_date = costs.refund_date
),

shared as (
    select
        *,
        cast(
            {{ share_by_weight('credited_of_day', 'refunded_to_here', 'refunded_of_day') }}
            - {{ share_by_weight('credited_of_day', '(refunded_to_here - refunded_amount)', 'refunded_of_day') }}
            as decimal(38, 18)
        ) as credited_amount
    from credited
),

kept as (
    select
        *,
        -- less than half a minor unit is the rounding of the note
        case
            when 2 * abs(refunded_amount - credited_amount) >= {{ from_minor_units('1', 'minor_unit_exponent') }} then refunded_amount - credited_amount
            else 0
        end as kept
    from shared
),

fct_credit_refunds as (
    select
        grant_id,
        refund_date,
        known_from_ordinal,
        known_to_ordinal,
        entity_id,
        contract_id,
        line_id,
        refunded_at,
        currency,
        refunded_units,
        noted_amount,
        refunded_amount,
        credited_amount,
        -- no more than was kept of earlier refunds of the lot can be given back with later ones
        cast(greatest(kept, -greatest(coalesce(sum(kept) over (
            partition by grant_id, known_from_ordinal order by refund_date rows between unbounded preceding and 1 preceding
        ), 0), 0)) as decimal(38, 18)) as kept_amount
    from kept
)

select * from fct_credit_refunds
