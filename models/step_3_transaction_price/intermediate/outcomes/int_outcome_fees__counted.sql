-- One row per line segment, measure, period of outcomes, service period and revision: what that knowledge changed in fees that depend on how many outcomes stand.
--
-- An outcome has its fee from the close that knows it to the one that no longer does. Where the outcomes did not change but those
-- before them, that is a re-rating; what a forecast changes in the average at which they are earned, a change of estimate.
with

marks as (
    select
        line_segment_number,
        resolved_ordinal,
        place,
        measure,
        service_ordinal,
        revision,
        case when quantity > 0 then 1 else -1 end as change
    from {{ ref('int_outcome_places__moves') }}
    where measure in ('resolved', 'open', 'confirmed', 'reversed', 'given_back')
),

spans as (
    select
        *,
        sum(change) over in_order as held,
        lead(revision, 1, 99999999) over in_order as to_revision
    from marks
    window in_order as (partition by line_segment_number, resolved_ordinal, place, measure, service_ordinal order by revision)
),

fees as (
    select
        *,
        lead(revision, 1, 99999999) over (partition by line_segment_number, resolved_ordinal, place order by revision) as to_revision
    from {{ ref('int_outcome_fees__places') }}
),

-- What is held at some fee, from the later of both until the first that ends.
held as (
    select
        spans.line_segment_number,
        spans.resolved_ordinal,
        spans.place,
        spans.measure,
        spans.service_ordinal,
        greatest(spans.revision, fees.revision) as from_revision,
        least(spans.to_revision, fees.to_revision) as until_revision,
        -- the fee began later than the state, so it is what changed
        fees.revision > spans.revision and not fees.is_own as is_rerated,
        fees.is_blended,
        fees.fee_amount
    from spans
    inner join fees
        on fees.line_segment_number = spans.line_segment_number
        and fees.resolved_ordinal = spans.resolved_ordinal
        and fees.place = spans.place
        and fees.revision < spans.to_revision
        and fees.to_revision > spans.revision
    where spans.held > 0
),

changed as (
    select
        *,
        fee_amount - case
            when from_revision = lag(until_revision) over in_order then lag(fee_amount) over in_order else 0
        end as change_amount,
        until_revision <> lead(from_revision, 1, 99999999) over in_order as ends_here
    from held
    window in_order as (partition by line_segment_number, resolved_ordinal, place, measure, service_ordinal order by from_revision)
),

moves as (
    select
        line_segment_number,
        measure,
        resolved_ordinal,
        service_ordinal,
        case
            when not is_rerated then from_revision
            when {{ int_div('from_revision', '10') }} = service_ordinal and measure <> 'given_back' then from_revision - from_revision % 10 + {{ family('normal') }}
            else from_revision - from_revision % 10 + case when is_blended then {{ family('estimate') }} else {{ family('rating') }} end
        end as revision,
        change_amount as amount
    from changed
    union all
    select
        line_segment_number,
        measure,
        resolved_ordinal,
        service_ordinal,
        until_revision as revision,
        -fee_amount as amount
    from changed
    where ends_here
),

int_outcome_fees__counted as (
    select
        line_segment_number,
        measure,
        resolved_ordinal,
        service_ordinal,
        cast(revision as integer) as revision,
        cast(sum(amount) as decimal(38, 18)) as amount
    from moves
    group by 1, 2, 3, 4, 5
    having sum(amount) <> 0
)

select * from int_outcome_fees__counted
