-- One row per lot, day on which units of it were paid back and closes that believed so: what they cost, what was credited for them, and what was kept.
--
-- A note (or money paid back alone) for a cancellation belongs to the refunds of its line nearest to its day. Where it
-- gives back less than the units cost, the rest is kept: consideration for what remains (D12; ASC 606-10-25-13(a), IFRS
-- 15.21(a)). Refunds without a note wait for it. Units that came from another lot have no cost of their own here.
with

lots as (
    select * from {{ ref('fct_credit_lots') }}
    where
        root_grant_id is null
        and refunded_units > 0
        and line_id is not null
        and treatment <> 'PRICE_REDUCTION'
),

refunds as (
    select
        lots.grant_id,
        lots.line_id,
        events.occurred_at,
        cast({{ local_from_utc('events.occurred_at', 'places.time_zone') }} as date) as refund_date,
        events.units,
        events.known_ordinal,
        events.withdrawn_ordinal
    from {{ ref('int_credit_events__acting') }} as events
    inner join (
        select distinct
            grant_id,
            line_id,
            contract_id
        from lots
    ) as lots on lots.grant_id = events.grant_id
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = lots.contract_id
    where events.kind = 'refund'
),

credits as (
    select * from {{ ref('int_credit_refunds__credits') }}
    where line_id in (select line_id from lots)
),

{{ windows_between_closes('line_id', {
    'lots': ['known_from_ordinal', 'known_to_ordinal'],
    'refunds': ['known_ordinal', 'withdrawn_ordinal'],
    'credits': ['known_ordinal', 'void_ordinal'],
}) }},

days as (
    select
        windows.line_id,
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        refunds.grant_id,
        refunds.refund_date,
        min(refunds.occurred_at) as refunded_at,
        sum(refunds.units) as units,
        sum(sum(refunds.units)) over (partition by refunds.grant_id, windows.window_from_ordinal) as units_of_lot
    from windows
    inner join refunds
        on refunds.line_id = windows.line_id
        and refunds.known_ordinal <= windows.window_from_ordinal
        and refunds.withdrawn_ordinal > windows.window_from_ordinal
    group by windows.line_id, windows.window_from_ordinal, windows.window_to_ordinal, refunds.grant_id, refunds.refund_date
),

-- No more was paid back than the lot held: its refunds share what left it.
valued as (
    select
        days.*,
        lots.entity_id,
        lots.contract_id,
        lots.currency,
        currencies.minor_unit_exponent,
        cast({{ share_by_weight('lots.refunded_units', 'days.units', 'days.units_of_lot') }} as decimal(38, 18)) as refunded_units,
        cast({{ share_by_weight('cast(lots.consideration - lots.net_consideration as decimal(38, 18))', 'days.units', 'days.units_of_lot') }} as decimal(38, 18)) as refunded_amount
    from days
    inner join lots
        on lots.grant_id = days.grant_id
        and lots.known_from_ordinal <= days.window_from_ordinal
        and lots.known_to_ordinal > days.window_from_ordinal
    inner join {{ ref('currencies') }} as currencies on currencies.currency = lots.currency
),

matched as (
    select
        credits.line_id,
        credits.amount,
        dates.window_from_ordinal,
        dates.refund_date
    from credits
    inner join (
        select distinct
            line_id,
            window_from_ordinal,
            refund_date
        from valued
    ) as dates
        on dates.line_id = credits.line_id
        and dates.window_from_ordinal >= credits.known_ordinal
        and dates.window_from_ordinal < credits.void_ordinal
    qualify row_number() over (
        partition by credits.credit_id, credits.known_ordinal, dates.window_from_ordinal
        order by abs({{ days_between('dates.refund_date', 'credits.credit_date') }}), dates.refund_date
    ) = 1
),

credited as (
    select
        line_id,
        window_from_ordinal,
        refund_date,
        sum(amount) as amount
    from matched
    group by line_id, window_from_ordinal, refund_date
),

cumulated as (
    select
        valued.*,
        cast(credited.amount as decimal(38, 18)) as credited_amount,
        cast(sum(valued.refunded_amount) over (
            partition by valued.line_id, valued.window_from_ordinal, valued.refund_date
        ) as decimal(38, 18)) as refunded_of_day,
        cast(sum(valued.refunded_amount) over (
            partition by valued.line_id, valued.window_from_ordinal, valued.refund_date
            order by valued.grant_id
            rows between unbounded preceding and current row
        ) as decimal(38, 18)) as refunded_to_here
    from valued
    left join credited
        on credited.line_id = valued.line_id
        and credited.window_from_ordinal = valued.window_from_ordinal
        and credited.refund_date = valued.refund_date
),

shared as (
    select
        * exclude (credited_amount),
        cast(
            {{ share_by_weight('credited_amount', 'refunded_to_here', 'refunded_of_day') }}
            - {{ share_by_weight('credited_amount', '(refunded_to_here - refunded_amount)', 'refunded_of_day') }}
            as decimal(38, 18)
        ) as credited_amount
    from cumulated
),

fct_credit_refunds as (
    select
        grant_id,
        refund_date,
        cast(window_from_ordinal as integer) as known_from_ordinal,
        cast(window_to_ordinal as integer) as known_to_ordinal,
        entity_id,
        contract_id,
        line_id,
        refunded_at,
        currency,
        refunded_units,
        refunded_amount,
        credited_amount,
        -- less than half a minor unit is the rounding of the note
        cast(case
            when 2 * (refunded_amount - credited_amount) >= {{ from_minor_units('1', 'minor_unit_exponent') }} then refunded_amount - credited_amount
            else 0
        end as decimal(38, 18)) as kept_amount
    from shared
)

select * from fct_credit_refunds
