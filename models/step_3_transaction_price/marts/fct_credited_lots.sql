-- One row per credit note on prepaid units, lot that it prices and closes that believed so: what it takes off the price of the lot, and the units it is for.
--
-- Another price of what was bought is that of each of its units, drawn or left (ASC 606-10-32-43, IFRS 15.88), but for those that were paid back by the
-- day of the note. It lies over the lots that begin in the window it or its invoice is for, else over all of the line that its close knew, by what was
-- paid for these units.
with

notes as (
    select
        parts.*,
        contracts.time_zone
    from {{ ref('int_price_parts__credits') }} as parts
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = parts.contract_id
    where parts.spread_over = 'lots'
),

paid_back as (
    select
        notes.part_id,
        units.grant_id,
        units.refunded_units,
        units.known_from_ordinal,
        units.known_to_ordinal
    from notes
    inner join {{ ref('fct_refunded_units') }} as units
        on units.line_id = notes.line_id
        and units.refund_date <= notes.credit_date
),

{{ windows_between_closes('part_id', {
    'notes': {'known_from_ordinal': 'arrived_family', 'known_to_ordinal': 'replaced_family'},
    'paid_back': {'known_from_ordinal': family('contract'), 'known_to_ordinal': family('contract')},
}) }},

paid_back_before as (
    select
        windows.part_id,
        windows.window_from_ordinal,
        paid_back.grant_id,
        sum(paid_back.refunded_units) as refunded_units
    from windows
    inner join paid_back
        on paid_back.part_id = windows.part_id
        and paid_back.known_from_ordinal <= windows.window_from_ordinal
        and paid_back.known_to_ordinal > windows.window_from_ordinal
    group by windows.part_id, windows.window_from_ordinal, paid_back.grant_id
),

lots as (
    select
        notes.part_id,
        notes.book_scope,
        notes.entity_id,
        notes.contract_id,
        notes.line_id,
        notes.currency,
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        windows.arrived_family,
        windows.replaced_family,
        notes.amount as note_amount,
        lots.grant_id,
        coalesce(
            cast({{ local_from_utc('lots.effective_at', 'notes.time_zone') }} as date) >= notes.from_date
            and cast({{ local_from_utc('lots.effective_at', 'notes.time_zone') }} as date) < notes.to_date,
            false
        ) as begins_in_window,
        lots.units - coalesce(paid_back_before.refunded_units, 0) as units,
        {{ share_by_weight('lots.consideration', 'lots.units - coalesce(paid_back_before.refunded_units, 0)', 'lots.units') }} as paid_amount
    from notes
    inner join windows
        on windows.part_id = notes.part_id
        and windows.window_from_ordinal >= notes.known_from_ordinal
        and windows.window_from_ordinal < notes.known_to_ordinal
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.line_id = notes.line_id
        and lots.known_from_ordinal <= notes.known_from_ordinal
        and lots.known_to_ordinal > notes.known_from_ordinal
        and lots.root_grant_id is null
    left join paid_back_before
        on paid_back_before.part_id = notes.part_id
        and paid_back_before.grant_id = lots.grant_id
        and paid_back_before.window_from_ordinal = windows.window_from_ordinal
),

meant as (
    select * from lots
    where paid_amount > 0
    qualify dense_rank() over (partition by part_id, window_from_ordinal order by begins_in_window desc) = 1
),

weighed as (
    select
        *,
        sum(paid_amount) over (partition by part_id, window_from_ordinal) as whole_weight,
        sum(paid_amount) over (
            partition by part_id, window_from_ordinal order by grant_id rows between unbounded preceding and current row
        ) as weight_to_here
    from meant
),

measured as (
    {{ with_ratio('weighed', 'note_amount', 'whole_weight') }}
),

fct_credited_lots as (
    select
        part_id,
        grant_id,
        cast(window_from_ordinal as integer) as known_from_ordinal,
        cast(window_to_ordinal as integer) as known_to_ordinal,
        entity_id,
        contract_id,
        line_id,
        book_scope,
        currency,
        cast(arrived_family as integer) as arrived_family,
        cast(replaced_family as integer) as replaced_family,
        cast(units as decimal(38, 18)) as units,
        cast({{ spread_at_ratio('note_amount', 'paid_amount', 'weight_to_here', 'whole_weight') }} as decimal(38, 18)) as amount
    from measured
)

select * from fct_credited_lots
