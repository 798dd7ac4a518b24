-- One row per fee that may be paid more than a year from its transfer and closes that see its price, rate, election or handover alike: its stated price.
with

lines as (
    select * from {{ ref('int_financing__lines') }}
),

-- The price agreed first: what changed terms add is not financed.
prices as (
    select
        line_id,
        believed_from_ordinal,
        known_to_ordinal,
        max(arrived_family) as arrived_family,
        max(replaced_family) as replaced_family,
        sum(amount) as stated_amount,
        min(from_date) as from_date,
        max(to_date) as to_date
    from {{ ref('fct_fee_intervals') }}
    where line_id in (select line_id from lines) and segment_number = 0
    group by line_id, believed_from_ordinal, known_to_ordinal
    -- intervals that are agreed as they begin are no price yet
    having sum(amount) > 0 and bool_and(known_from_ordinal = believed_from_ordinal)
),

deliveries as (
    select
        deliveries.line_id,
        deliveries.known_ordinal,
        deliveries.withdrawn_ordinal
    from {{ ref('fct_deliveries') }} as deliveries
    where deliveries.line_id in (select line_id from lines where passes_by = 'handover')
),

-- While a good is late its price goes on growing: each close sees another day of transfer.
late_closes as (
    select
        lines.line_id,
        periods.period_ordinal as known_ordinal
    from (
        select
            line_id,
            entity_id,
            max(case billing_timing when 'advance' then service_to_date else service_from_date end) as expected_date
        from lines
        where passes_by = 'handover'
        group by line_id, entity_id
    ) as lines
    left join (
        select
            line_id,
            min(known_ordinal) as known_ordinal
        from deliveries
        group by line_id
    ) as first_known on first_known.line_id = lines.line_id
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = lines.entity_id
        and periods.end_date > lines.expected_date
        and periods.has_begun
        and periods.period_ordinal <= coalesce(first_known.known_ordinal, 999999)
),

{{ windows_between_closes('line_id', {
    'prices': {'believed_from_ordinal': 'arrived_family', 'known_to_ordinal': 'replaced_family'},
    'lines': {'known_from_ordinal': family('rating'), 'known_to_ordinal': family('rating')},
    ref('int_financing__elections'): {'known_ordinal': family('logic'), 'replaced_ordinal': family('logic')},
    ref('int_financing__rates'): {'known_from_ordinal': family('estimate'), 'known_to_ordinal': family('estimate')},
    'deliveries': {'known_ordinal': family('usage'), 'withdrawn_ordinal': family('void')},
    'late_closes': {'known_ordinal': family('estimate')},
}) }},

int_financing__windows as (
    select
        windows.*,
        prices.stated_amount,
        prices.from_date,
        prices.to_date
    from windows
    inner join prices
        on prices.line_id = windows.line_id
        and prices.believed_from_ordinal <= windows.window_from_ordinal
        and prices.known_to_ordinal > windows.window_from_ordinal
)

select * from int_financing__windows
