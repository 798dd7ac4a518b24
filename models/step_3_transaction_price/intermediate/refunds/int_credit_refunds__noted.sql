-- One row per credit note on prepaid units, lot, day after the note on which units of it were paid back and closes that believed both: what of the note these units had.
with

paid_back as (
    select
        noted.part_id,
        noted.grant_id,
        noted.line_id,
        noted.amount,
        cast(noted.units as decimal(38, 9)) as units,
        refunded.refund_date,
        refunded.refunded_units,
        greatest(noted.known_from_ordinal, refunded.known_from_ordinal) as known_from_ordinal,
        least(noted.known_to_ordinal, refunded.known_to_ordinal) as known_to_ordinal
    from {{ ref('fct_credited_lots') }} as noted
    inner join {{ ref('int_price_parts__credits') }} as notes
        on notes.part_id = noted.part_id
        and notes.known_from_ordinal <= noted.known_from_ordinal
        and notes.known_to_ordinal > noted.known_from_ordinal
    inner join {{ ref('fct_refunded_units') }} as refunded
        on refunded.grant_id = noted.grant_id
        and refunded.refund_date > notes.credit_date
        and refunded.known_from_ordinal < noted.known_to_ordinal
        and refunded.known_to_ordinal > noted.known_from_ordinal
),

measured as (
    {{ with_ratio('paid_back', 'amount', 'units') }}
),

int_credit_refunds__noted as (
    select
        part_id,
        grant_id,
        line_id,
        refund_date,
        cast(known_from_ordinal as integer) as known_from_ordinal,
        cast(known_to_ordinal as integer) as known_to_ordinal,
        cast(case when refunded_units = units then amount else {{ share_at_ratio('refunded_units') }} end as decimal(38, 18)) as amount
    from measured
)

select * from int_credit_refunds__noted
