-- One row per credit that changes the price, invoice line that it is of and closes that count it: its amount, and the days that were ahead of it.
--
-- Where the part that is not used, or another price, is said by the terms themselves, the note only bills it. A
-- good that was not handed over yet earns less when it is; one that was is credited for the day on which it was handed over.
with

credits as (
    select
        credited.*,
        credited.credit_id || coalesce(':' || credited.invoice_line_id, '') as credit_key,
        reasons.component,
        lines.obligation_id,
        lines.pattern,
        lines.passes_on,
        contracts.currency,
        contracts.time_zone,
        contracts.termination_refund_kind,
        -- of an agent only its commission is price
        {{ net_of_third_party(from_minor_units('credited.gross_minor - credited.tax_minor', 'contracts.minor_unit_exponent'), 'lines.third_party_share') }} as amount,
        {{ net_of_third_party(from_minor_units('credited.invoice_net_minor', 'contracts.minor_unit_exponent'), 'lines.third_party_share') }} as invoice_amount,
        coalesce(credited.to_date, credited.invoice_to_date, cast(credited.credit_date + interval 1 day as date)) as last_date
    from {{ ref('fct_credited_lines') }} as credited
    inner join {{ ref('credit_reasons') }} as reasons on reasons.reason = credited.reason
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = credited.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = credited.contract_id
    where
        credited.effect in ('window', 'price')
        -- what is paid back of prepaid units is said by their lot
        and not (credited.reason = 'cancellation' and lines.pattern in ('prepaid_units', 'prepaid_refundable'))
        -- that an outcome was reversed is said by its events
        and not (credited.reason = 'reversal' and lines.pattern = 'outcomes')
),

-- Changed terms and terminations, by the closes that know of them: what is withdrawn says nothing any more.
said_by_terms as (
    select
        credits.credit_key,
        changed.known_from_ordinal as said_from_ordinal,
        999999 as said_to_ordinal
    from credits
    inner join {{ ref('fct_changed_terms') }} as changed
        on changed.line_id = credits.line_id
        and changed.not_applied_reason is null
        and cast({{ local_from_utc('changed.effective_at', 'credits.time_zone') }} as date) < credits.last_date
    where credits.effect = 'price'

    union all

    select
        credits.credit_key,
        terminations.known_ordinal as said_from_ordinal,
        terminations.withdrawn_ordinal as said_to_ordinal
    from credits
    inner join {{ ref('fct_terminations') }} as terminations
        on terminations.contract_id = credits.contract_id
        and cast({{ local_from_utc('terminations.effective_at', 'credits.time_zone') }} as date) < credits.last_date
    where credits.reason = 'cancellation' and credits.termination_refund_kind in ('unused', 'full')
),

{{ windows_between_closes('credit_key', {
    'credits': ['known_ordinal', 'void_known_ordinal'],
    'said_by_terms': ['said_from_ordinal', 'said_to_ordinal'],
}) }},

-- The closes that count a credit: from the first until it is voided, and none to which the terms say the same.
counted as (
    select
        windows.credit_key,
        windows.window_from_ordinal as known_from_ordinal,
        windows.window_to_ordinal as known_to_ordinal
    from windows
    inner join credits
        on credits.credit_key = windows.credit_key
        and credits.known_ordinal <= windows.window_from_ordinal
        and coalesce(credits.void_known_ordinal, 999999) > windows.window_from_ordinal
    left join said_by_terms as said
        on said.credit_key = windows.credit_key
        and said.said_from_ordinal <= windows.window_from_ordinal
        and said.said_to_ordinal > windows.window_from_ordinal
    where said.credit_key is null
),

handed_over as (
    select
        line_id,
        min(known_ordinal) as known_ordinal,
        min(occurred_date) as handed_over_date
    from {{ ref('fct_deliveries') }}
    where kind in ('delivered', 'accepted')
    group by line_id
),

-- Of several handovers the last one that the invoice can be for, as the close of the credit knew them (50-12A, IFRS 15.116(c)).
handovers as (
    select
        credits.credit_id,
        credits.invoice_line_id,
        deliveries.occurred_date
    from credits
    inner join {{ ref('fct_deliveries') }} as deliveries
        on deliveries.line_id = credits.line_id
        and deliveries.kind = credits.passes_on
        and deliveries.occurred_date <= credits.credit_date
        and deliveries.known_ordinal <= credits.known_ordinal
        and coalesce(deliveries.withdrawn_ordinal, 999999) > credits.known_ordinal
    left join {{ ref('fct_billing_lines') }} as invoices
        on invoices.document_line_id = credits.invoice_line_id
        and invoices.doc_type = 'invoice'
    where credits.pattern = 'point_in_time'
    qualify row_number() over (
        partition by credits.credit_id, credits.invoice_line_id
        order by
            case
                when deliveries.occurred_date >= credits.invoice_from_date and deliveries.occurred_date < credits.invoice_to_date then 0
                when deliveries.occurred_date <= invoices.issued_date then 1
                else 2
            end,
            deliveries.occurred_date desc
    ) = 1
),

-- What was bought and is drawn by units has the price of its lots.
first_lots as (
    select
        line_id,
        min(known_from_ordinal) as known_ordinal
    from {{ ref('fct_credit_lots') }}
    where net_consideration > 0
    group by line_id
),

int_price_parts__credited as (
    select
        credits.* exclude (credit_key, passes_on),
        cast(counted.known_from_ordinal as integer) as known_from_ordinal,
        cast(counted.known_to_ordinal as integer) as known_to_ordinal,
        credits.pattern = 'point_in_time'
        and coalesce(handed_over.known_ordinal > credits.known_ordinal or handed_over.handed_over_date > credits.credit_date, true) as is_before_handover,
        handovers.occurred_date as handed_over_date,
        credits.pattern = 'prepaid_units' and coalesce(first_lots.known_ordinal <= credits.known_ordinal, false) as is_on_lots,
        credits.pattern in ('ratable_by_day', 'service_by_day', 'licence_access') as is_by_day,
        greatest(credits.credit_date, coalesce(credits.from_date, credits.invoice_from_date, credits.credit_date)) as ahead_from_date,
        coalesce(credits.to_date, credits.invoice_to_date) as ahead_to_date
    from credits
    inner join counted on counted.credit_key = credits.credit_key
    left join handed_over on handed_over.line_id = credits.line_id
    left join first_lots on first_lots.line_id = credits.line_id
    left join handovers
        on handovers.credit_id = credits.credit_id
        and handovers.invoice_line_id is not distinct from credits.invoice_line_id
)

select * from int_price_parts__credited
