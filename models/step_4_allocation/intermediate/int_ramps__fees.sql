-- One row per fee interval of a line that is a step of a ramp, version and window of belief: its share of the one price of all steps.
--
-- The price per unit is levelled: what is allocated to the steps is spread by their quantity and time, so that more of
-- the same at one price changes nothing. Time is counted in the interval that all fees are stated for, else in days.
-- Beyond the accounting term, and after a change of terms (D12), nothing is levelled here.
with

fees as (
    select
        fees.*,
        ramps.ramp_id || ':' || fees.strand_id || ':' || fees.component || ':' || fees.pool_id as series_id,
        ramps.is_levelled
        and fees.segment_number = 0
        and fees.component in ('fee', 'agency')
        and not fees.segment_is_open
        and fees.to_date > fees.from_date
        and coalesce(fees.from_date < cast({{ local_from_utc('contracts.accounting_end_at', 'contracts.time_zone') }} as date), true) as is_levelled
    from {{ ref('int_fees__with_rights') }} as fees
    inner join {{ ref('fct_ramp_steps') }} as ramps on ramps.line_id = fees.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = fees.contract_id
),

levelled as (
    select * from fees
    where is_levelled
),

{{ windows_between_closes('series_id', {'levelled': {'known_from_ordinal': 'arrived_family', 'known_to_ordinal': 'replaced_family'}}) }},

believed as (
    select
        levelled.* replace (
            case when windows.window_from_ordinal = levelled.known_from_ordinal then levelled.believed_from_ordinal else windows.window_from_ordinal end as believed_from_ordinal,
            windows.window_from_ordinal as known_from_ordinal,
            windows.window_to_ordinal as known_to_ordinal,
            windows.arrived_family as arrived_family,
            windows.replaced_family as replaced_family
        ),
        min(levelled.amount_interval) over series = max(levelled.amount_interval) over series and levelled.amount_interval <> 'once' as has_one_interval,
        cast(coalesce(levelled.quantity, min(levelled.quantity) over series, 1) as decimal(38, 18)) as units,
        -- the rest of an interval in which the contract ended lies on its last day, and stays there
        coalesce(levelled.from_date < max(levelled.to_date) over (
            partition by levelled.series_id, windows.window_from_ordinal, levelled.part_id
            order by levelled.from_date, levelled.to_date rows between unbounded preceding and 1 preceding
        ), false) as is_rest
    from windows
    inner join levelled
        on levelled.series_id = windows.series_id
        and levelled.known_from_ordinal <= windows.window_from_ordinal
        and levelled.known_to_ordinal > windows.window_from_ordinal
    window series as (partition by levelled.series_id, windows.window_from_ordinal)
),

timed as (
    select
        *,
        {{ days_between('from_date', 'to_date') }} as day_count,
        case
            when not has_one_interval or amount_interval = 'day' then 1
            when amount_interval = 'week' then 7
            else {{ days_between(
                'cast(' ~ add_months('cast(first_interval_date as timestamp)', 'interval_number * interval_months') ~ ' as date)',
                'cast(' ~ add_months('cast(first_interval_date as timestamp)', '(interval_number + 1) * interval_months') ~ ' as date)'
            ) }}
        end as interval_day_count
    from (
        select
            *,
            case amount_interval when 'month' then 1 when 'quarter' then 3 when 'year' then 12 else 0 end as interval_months
        from believed
    ) as described
),

weighed as (
    select
        *,
        {{ share_of('units', 'day_count', 'interval_day_count') }} as weight
    from timed
    where not is_rest
),

totals as (
    select
        series_id,
        known_from_ordinal,
        cast(sum(allocated_amount) as decimal(38, 18)) as whole_amount,
        cast(sum(weight) as decimal(38, 18)) as whole_weight
    from weighed
    group by series_id, known_from_ordinal
),

measured as (
    {{ with_ratio('totals', 'whole_amount', 'whole_weight') }}
),

cumulative as (
    select
        weighed.*,
        measured.whole_amount,
        measured.whole_weight,
        measured.ratio_whole,
        measured.ratio_rest,
        cast(sum(weighed.weight) over (
            partition by weighed.series_id, weighed.known_from_ordinal
            order by weighed.from_date, weighed.to_date, weighed.part_id
            rows between unbounded preceding and current row
        ) as decimal(38, 18)) as weight_to_here
    from weighed
    inner join measured
        on measured.series_id = weighed.series_id
        and measured.known_from_ordinal = weighed.known_from_ordinal
),

{%- set of_fee = [
    'line_id', 'part_id', 'obligation_id', 'strand_id', 'contract_id', 'entity_id', 'currency', 'pattern', 'component', 'pool_id', 'segment_number',
    'last_segment_number', 'is_latest_segment', 'segment_from_date', 'segment_to_date', 'segment_is_open', 'ends_contract', 'is_modified', 'amount_interval',
    'first_interval_date', 'interval_number', 'believed_from_ordinal', 'known_from_ordinal', 'known_to_ordinal', 'arrived_family', 'replaced_family',
    'from_date', 'to_date', 'quantity', 'stated_amount', 'standalone_amount',
] | join(', ') %}

int_ramps__fees as (
    select
        {{ of_fee }},
        cast({{ spread_at_ratio('whole_amount', 'weight', 'weight_to_here', 'whole_weight') }} as decimal(38, 18)) as allocated_amount
    from cumulative

    union all

    select
        {{ of_fee }},
        allocated_amount
    from believed
    where is_rest

    union all

    select
        {{ of_fee }},
        allocated_amount
    from fees
    where not is_levelled
)

select * from int_ramps__fees
