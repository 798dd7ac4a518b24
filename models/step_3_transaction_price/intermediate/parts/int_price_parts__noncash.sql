-- One row per line received in kind, set of books and closes that believed so: its fair value as part of the price (D16; ASC 606-10-32-21..24, IFRS 15.66..69).
--
-- Measured at inception; under IFRS 15 at receipt, where that is elected (X10). What its value does afterwards, because of
-- what it is, is no revenue.
with

lines as (
    select
        lines.*,
        contracts.entity_id,
        contracts.customer_id,
        contracts.currency,
        cast({{ local_from_utc('coalesce(contracts.signed_at, contracts.effective_from)', 'contracts.time_zone') }} as date) as inception_date,
        cast({{ local_from_utc('coalesce(' ~ instant('billing_start', 'contracts.time_zone', 'lines') ~ ', ' ~ instant('service_start', 'contracts.time_zone', 'lines') ~ ')', 'contracts.time_zone') }} as date) as receipt_date,
        cast({{ local_from_utc(instant('service_start', 'contracts.time_zone', 'lines'), 'contracts.time_zone') }} as date) as start_date,
        cast({{ local_from_utc(instant('service_end', 'contracts.time_zone', 'lines'), 'contracts.time_zone') }} as date) as end_date,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    {{ join_known_period('known', 'contracts.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'contracts.entity_id', 'lines.known_until_at') }}
    where lines.line_kind = 'noncash' and lines.modified_by_event_id is null
),

elected as (
    {{ elections_of(['noncash_date'], 'lines', 'line_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'entity': 'entity_id',
    }) }}
),

valued as (
    select * from {{ ref('int_price_parts__noncash_values') }}
),

{{ windows_between_closes('line_id', {
    'lines': ['known_from_ordinal', 'known_to_ordinal'],
    'elected': ['known_ordinal', 'replaced_ordinal'],
    'valued': ['known_ordinal', 'withdrawn_ordinal'],
}) }},

-- The day it is measured on, by book, as elected by the close.
measured as (
    select
        lines.*,
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        books.book,
        elected.election_id,
        coalesce(elected.choice, 'inception') as choice,
        case when elected.choice = 'receipt' then lines.receipt_date else lines.inception_date end as measured_date
    from windows
    inner join lines
        on lines.line_id = windows.line_id
        and lines.known_from_ordinal <= windows.window_from_ordinal
        and lines.known_to_ordinal > windows.window_from_ordinal
    cross join (select distinct book from {{ ref('books') }}) as books
    left join elected
        on elected.line_id = windows.line_id
        -- ASC 606 leaves no choice
        and books.book = 'ifrs15'
        and elected.book in ('*', 'ifrs15')
        and elected.known_ordinal <= windows.window_from_ordinal
        and elected.replaced_ordinal > windows.window_from_ordinal
    qualify row_number() over (
        partition by windows.line_id, windows.window_from_ordinal, books.book order by {{ nearest_election('elected') }}
    ) = 1
),

-- The last value up to that day, else the first one after it.
chosen as (
    select
        measured.*,
        valued.fair_value,
        valued.estimate_id,
        valued.as_of_date
    from measured
    left join valued
        on valued.line_id = measured.line_id
        and valued.known_ordinal <= measured.window_from_ordinal
        and valued.withdrawn_ordinal > measured.window_from_ordinal
    qualify row_number() over (
        partition by measured.line_id, measured.window_from_ordinal, measured.book
        order by
            valued.nearness asc nulls last,
            case when valued.as_of_date <= measured.measured_date then 0 else 1 end asc,
            case when valued.as_of_date <= measured.measured_date then {{ days_between("date '0001-01-01'", 'valued.as_of_date') }} else -{{ days_between("date '0001-01-01'", 'valued.as_of_date') }} end desc,
            valued.recorded_at desc
    ) = 1
),

sold as (
    select
        lines.line_id,
        bool_or(obligations.pattern not in {{ patterns_without_fees() }}) as has_fees,
        min(obligations.obligation_id) as obligation_id
    from lines
    inner join {{ ref('dim_obligation_lines') }} as obligations
        on obligations.contract_id = lines.contract_id
        and (lines.parent_line_id is null or obligations.line_id = lines.parent_line_id)
    group by lines.line_id
),

int_price_parts__noncash as (
    select
        chosen.line_id as part_id,
        chosen.contract_id,
        chosen.entity_id,
        chosen.currency,
        chosen.book,
        coalesce(min(chosen.fair_value) over both_books = max(chosen.fair_value) over both_books, true)
        and count(chosen.fair_value) over both_books <> 1 as books_agree,
        case when sold.obligation_id is null then 'nothing' when sold.has_fees then 'fees' else 'days' end as spread_over,
        chosen.parent_line_id as line_id,
        case when not sold.has_fees then sold.obligation_id end as obligation_id,
        chosen.start_date as from_date,
        case
            when chosen.end_date > chosen.start_date then chosen.end_date
            when not sold.has_fees then cast(chosen.start_date + interval 1 day as date)
        end as to_date,
        cast(chosen.fair_value as decimal(38, 18)) as amount,
        chosen.choice,
        chosen.measured_date,
        chosen.estimate_id,
        chosen.as_of_date,
        chosen.election_id,
        chosen.window_from_ordinal as known_from_ordinal,
        chosen.window_to_ordinal as known_to_ordinal
    from chosen
    left join sold on sold.line_id = chosen.line_id
    window both_books as (partition by chosen.line_id, chosen.window_from_ordinal)
)

select * from int_price_parts__noncash
