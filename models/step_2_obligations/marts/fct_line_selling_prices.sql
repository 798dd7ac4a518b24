-- One row per contract line, date on which it is priced and closes that believed so: its standalone selling price and whether it is sold at it (D10).
--
-- A stated price within the range of the book is a standalone selling price (election `ssp_point`);
-- what is stated outside it is compared with the point. A line without a row has no price in the book.
with

matches as (
    select * from {{ ref('int_line_selling_prices__matches') }}
),

closes as (
    select
        line_id,
        contract_event_id,
        known_from_ordinal,
        holds_from_ordinal
    from matches
    union
    select
        line_id,
        contract_event_id,
        known_from_ordinal,
        holds_to_ordinal as holds_from_ordinal
    from matches
    where holds_to_ordinal < known_to_ordinal
),

-- Of one entry the latest version that had begun holds, even where it has ended again.
in_force as (
    select
        matches.* exclude (holds_from_ordinal, holds_to_ordinal),
        closes.holds_from_ordinal
    from closes
    inner join matches
        on matches.line_id = closes.line_id
        and matches.contract_event_id is not distinct from closes.contract_event_id
        and matches.known_from_ordinal = closes.known_from_ordinal
        and matches.holds_from_ordinal <= closes.holds_from_ordinal
        and matches.holds_to_ordinal > closes.holds_from_ordinal
    qualify row_number() over (
        partition by closes.line_id, closes.contract_event_id, closes.known_from_ordinal, closes.holds_from_ordinal, matches.ssp_id
        order by matches.valid_from_at desc, matches.price_recorded_at desc
    ) = 1
),

chosen as (
    select
        closes.line_id,
        closes.contract_event_id,
        closes.known_from_ordinal as terms_from_ordinal,
        closes.holds_from_ordinal as known_from_ordinal,
        in_force.* exclude (line_id, contract_event_id, known_from_ordinal, holds_from_ordinal),
        lead(closes.holds_from_ordinal) over (
            partition by closes.line_id, closes.contract_event_id, closes.known_from_ordinal
            order by closes.holds_from_ordinal
        ) as next_from_ordinal
    from closes
    left join in_force
        on in_force.line_id = closes.line_id
        and in_force.contract_event_id is not distinct from closes.contract_event_id
        and in_force.known_from_ordinal = closes.known_from_ordinal
        and in_force.holds_from_ordinal = closes.holds_from_ordinal
        and in_force.valid_to_at > in_force.priced_at
    qualify row_number() over (
        partition by closes.line_id, closes.contract_event_id, closes.known_from_ordinal, closes.holds_from_ordinal
        order by in_force.nearness asc nulls last, in_force.quantity_from desc, in_force.valid_from_at desc, in_force.ssp_id asc
    ) = 1
),

elected as (
    {{ elections_of(['ssp_point'], 'chosen', 'line_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id',
    }) }}
),

-- Which point of the range counts is decided when the line is agreed and known, as all that it promises.
judged as (
    select
        chosen.*,
        least(chosen.known_to_ordinal, coalesce(chosen.next_from_ordinal, 999999)) as believed_to_ordinal,
        elected.choice as point_choice,
        elected.election_id as point_election_id
    from chosen
    {{ join_period_of('agreed', 'chosen.entity_id', 'chosen.priced_at') }}
    left join elected
        on elected.line_id = chosen.line_id
        and elected.known_ordinal <= greatest(chosen.terms_from_ordinal, coalesce(agreed.period_ordinal, 0))
        and elected.replaced_ordinal > greatest(chosen.terms_from_ordinal, coalesce(agreed.period_ordinal, 0))
    where chosen.ssp_id is not null
    qualify row_number() over (
        partition by chosen.line_id, chosen.contract_event_id, chosen.terms_from_ordinal, chosen.known_from_ordinal
        order by {{ nearest_election('elected') }}
    ) = 1
),

valued as (
    select
        *,
        {{ price_of_units('rate_amount') }} as standalone_amount,
        {{ price_of_units('range_low') }} as low_amount,
        {{ price_of_units('range_high') }} as high_amount
    from judged
),

fct_line_selling_prices as (
    select
        line_id,
        contract_id,
        contract_event_id,
        entity_id,
        product_id,
        currency,
        priced_at,
        cast(known_from_ordinal as integer) as known_from_ordinal,
        cast(believed_to_ordinal as integer) as known_to_ordinal,
        ssp_id,
        method,
        rate_amount,
        rate_per_quantity,
        range_low,
        range_high,
        standalone_amount,
        low_amount,
        high_amount,
        stated_amount,
        case
            when stated_amount is null then null
            -- what has no price of its own but what remains says nothing of what is stated
            when method = 'residual' and high_amount is null and stated_amount > 0 then null
            when coalesce(high_amount, 0) <= 0 then false
            when point_choice = 'point' then coalesce(stated_amount = standalone_amount, false)
            else stated_amount between low_amount and high_amount
        end as is_at_ssp,
        point_election_id
    from valued
)

select * from fct_line_selling_prices
