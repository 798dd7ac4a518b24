-- One row per lot of which units were given up with a change of terms, period of it, closes that believed so and side: what leaves the price of the lot, and what joins that of the remaining fees.
--
-- ASC 606-10-25-13(a), IFRS 15.21(a): what was paid and not yet earned is part of the consideration for what is still to be transferred.
with

moves as (
    select
        grant_id,
        service_ordinal,
        {{ int_div('revision', '10') }} as known_ordinal,
        amount
    from {{ ref('fct_credit_draws') }}
    where taken_by = 'forfeit'
),

to_date as (
    select
        grant_id,
        service_ordinal,
        cast(known_ordinal as integer) as known_from_ordinal,
        cast(lead(known_ordinal, 1, 999999) over in_order as integer) as known_to_ordinal,
        sum(sum(amount)) over in_order as amount
    from moves
    group by grant_id, service_ordinal, known_ordinal
    window in_order as (partition by grant_id, service_ordinal order by known_ordinal)
),

-- When the remaining promises begin.
days as (
    select
        parts.grant_id,
        parts.lapse_ordinal,
        min(cast({{ local_from_utc('parts.ends_at', 'contracts.time_zone') }} as date)) as from_date
    from {{ ref('fct_credit_lot_parts') }} as parts
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = parts.grant_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = grants.contract_id
    where parts.lapse_kind = 'forfeit'
    group by parts.grant_id, parts.lapse_ordinal
),

given_up as (
    select
        to_date.*,
        grants.contract_id,
        grants.entity_id,
        grants.currency,
        lines.obligation_id,
        days.from_date
    from to_date
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = to_date.grant_id
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = grants.line_id
    inner join days
        on days.grant_id = to_date.grant_id
        and days.lapse_ordinal = to_date.service_ordinal
    where to_date.amount <> 0
),

-- What is agreed only as it begins is no part of what remained.
terms as (
    select
        given_up.grant_id,
        given_up.service_ordinal,
        given_up.known_from_ordinal,
        max(fees.to_date) as to_date
    from given_up
    inner join {{ ref('fct_fee_intervals') }} as fees
        on fees.contract_id = given_up.contract_id
        and fees.known_from_ordinal <= given_up.known_from_ordinal
        and fees.known_to_ordinal > given_up.known_from_ordinal
        and fees.to_date > given_up.from_date
        and not fees.is_beyond_term
        and {{ carries_price_parts('fees') }}
    group by given_up.grant_id, given_up.service_ordinal, given_up.known_from_ordinal
),

int_price_parts__forfeited as (
    select
        given_up.grant_id || ':' || sides.side || ':' || cast(given_up.service_ordinal as varchar) as part_id,
        'credits' as component,
        'fee' as earned_as,
        'both' as book_scope,
        given_up.contract_id,
        given_up.entity_id,
        given_up.currency,
        case sides.side when 'joins' then 'fees' else 'nothing' end as spread_over,
        cast(null as varchar) as line_id,
        cast(null as varchar) as product_id,
        case sides.side when 'leaves' then given_up.obligation_id end as obligation_id,
        given_up.from_date,
        terms.to_date,
        cast(case sides.side when 'joins' then given_up.amount else -given_up.amount end as decimal(38, 18)) as amount,
        given_up.known_from_ordinal,
        given_up.known_to_ordinal,
        {{ family('modification') }} as arrived_family,
        {{ family('modification') }} as replaced_family
    from given_up
    left join terms
        on terms.grant_id = given_up.grant_id
        and terms.service_ordinal = given_up.service_ordinal
        and terms.known_from_ordinal = given_up.known_from_ordinal
    cross join (values ('joins'), ('leaves')) as sides (side)
)

select * from int_price_parts__forfeited
