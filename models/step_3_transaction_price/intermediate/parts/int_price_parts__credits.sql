-- One row per credit that changes the price, stretch of days it is for and closes that believed so.
--
-- The window of a credit says which performance it prices: the past is caught up, what is ahead earns less. A credit
-- without a window uses what is not earned yet of its invoice line first, and the rest is given back on its date. A good
-- that was not handed over yet earns less when it is. Where the part that is not used, or another price, is said by the
-- terms themselves, the note only bills it.
{%- set by_day = "('ratable_by_day', 'service_by_day', 'licence_access')" %}
with

credits as (
    select
        credited.*,
        reasons.component,
        lines.obligation_id,
        lines.pattern,
        contracts.currency,
        contracts.time_zone,
        contracts.termination_refund_kind,
        cast({{ from_minor_units('credited.gross_minor - credited.tax_minor', 'contracts.minor_unit_exponent') }} as decimal(38, 18)) as amount,
        cast({{ from_minor_units('credited.invoice_net_minor', 'contracts.minor_unit_exponent') }} as decimal(38, 18)) as invoice_amount,
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

-- Changed terms and terminations by the first close that knows of them.
said_by_terms as (
    select
        credits.credit_id,
        credits.invoice_line_id,
        changed.known_from_ordinal as known_ordinal
    from credits
    inner join {{ ref('fct_changed_terms') }} as changed
        on changed.line_id = credits.line_id
        and changed.not_applied_reason is null
        and cast({{ local_from_utc('changed.effective_at', 'credits.time_zone') }} as date) < credits.last_date
    where credits.effect = 'price'

    union all

    select
        credits.credit_id,
        credits.invoice_line_id,
        terminations.known_ordinal
    from credits
    inner join {{ ref('fct_terminations') }} as terminations
        on terminations.contract_id = credits.contract_id
        and cast({{ local_from_utc('terminations.effective_at', 'credits.time_zone') }} as date) < credits.last_date
    where credits.reason = 'cancellation' and credits.termination_refund_kind in ('unused', 'full')
),

said_since as (
    select
        credit_id,
        invoice_line_id,
        min(known_ordinal) as known_ordinal
    from said_by_terms
    group by credit_id, invoice_line_id
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

believed as (
    select
        credits.*,
        least(coalesce(credits.void_known_ordinal, 999999), coalesce(said_since.known_ordinal, 999999)) as known_to_ordinal,
        credits.pattern = 'point_in_time'
        and coalesce(handed_over.known_ordinal > credits.known_ordinal or handed_over.handed_over_date > credits.credit_date, true) as is_before_handover,
        credits.pattern in {{ by_day }} as is_by_day,
        greatest(credits.credit_date, coalesce(credits.from_date, credits.invoice_from_date, credits.credit_date)) as ahead_from_date,
        coalesce(credits.to_date, credits.invoice_to_date) as ahead_to_date
    from credits
    left join said_since
        on said_since.credit_id = credits.credit_id
        and said_since.invoice_line_id is not distinct from credits.invoice_line_id
    left join handed_over on handed_over.line_id = credits.line_id
),

-- How much of it belongs to what is ahead, as a lower price of what is promised.
split as (
    select
        *,
        cast(case
            when not is_by_day or is_before_handover or coalesce(ahead_to_date <= ahead_from_date, true) then 0
            when to_date is not null and effect = 'price'
                then {{ share_of('amount', days_between('ahead_from_date', 'to_date'), days_between('from_date', 'to_date')) }}
            when to_date is not null then 0
            else least(amount, {{ share_of('invoice_amount', days_between('ahead_from_date', 'ahead_to_date'), days_between('invoice_from_date', 'invoice_to_date')) }})
        end as decimal(38, 18)) as ahead_amount
    from believed
),

pieces as (
    select
        *,
        'ahead' as piece,
        'fee' as earned_as,
        ahead_from_date as piece_from_date,
        ahead_to_date as piece_to_date,
        ahead_amount as piece_amount
    from split

    union all

    select
        *,
        'given_back' as piece,
        case when is_before_handover and effect = 'price' then 'fee' else component end as earned_as,
        coalesce(from_date, credit_date) as piece_from_date,
        case
            when to_date is null then cast(credit_date + interval 1 day as date)
            when ahead_amount <> 0 then ahead_from_date
            else to_date
        end as piece_to_date,
        amount - ahead_amount as piece_amount
    from split
),

int_price_parts__credits as (
    select
        credit_id || coalesce(':' || invoice_line_id, '') || ':' || piece as part_id,
        component,
        earned_as,
        'both' as book_scope,
        contract_id,
        entity_id,
        currency,
        case when is_before_handover then 'fees' else 'days' end as spread_over,
        line_id,
        cast(null as varchar) as product_id,
        obligation_id,
        case when not is_before_handover then piece_from_date end as from_date,
        case when not is_before_handover then piece_to_date end as to_date,
        cast(-piece_amount as decimal(38, 18)) as amount,
        known_ordinal as known_from_ordinal,
        known_to_ordinal,
        {{ family('credit') }} as arrived_family,
        {{ family('credit') }} as replaced_family
    from pieces
    where
        piece_amount <> 0
        and known_ordinal < known_to_ordinal
)

select * from int_price_parts__credits
