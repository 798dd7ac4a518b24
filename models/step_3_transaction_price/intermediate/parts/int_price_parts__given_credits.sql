-- One row per lot of credits given as a price reduction and version of it: what it takes off the price on the day it was given (D8 SERVICE_CREDIT, GOODWILL).
--
-- ASC 606-10-32-25, IFRS 15.70: what is owed for poor service, or given without duty, lowers the price of what was
-- performed. It is paid in credits, so the same amount is the price of the lot and earned as its units are drawn.
with

int_price_parts__given_credits as (
    select
        lots.grant_id || ':' || cast(lots.version_number as varchar) as part_id,
        'concession' as component,
        'concession' as earned_as,
        'both' as book_scope,
        lots.contract_id,
        lots.entity_id,
        lots.currency,
        'days' as spread_over,
        lots.line_id,
        cast(null as varchar) as product_id,
        lines.obligation_id,
        cast({{ local_from_utc('lots.granted_at', 'contracts.time_zone') }} as date) as from_date,
        cast(cast({{ local_from_utc('lots.granted_at', 'contracts.time_zone') }} as date) + interval 1 day as date) as to_date,
        cast(-lots.net_consideration as decimal(38, 18)) as amount,
        lots.known_from_ordinal,
        lots.known_to_ordinal,
        {{ family('credit') }} as arrived_family,
        {{ family('credit') }} as replaced_family
    from {{ ref('fct_credit_lots') }} as lots
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lots.contract_id
    where
        lots.treatment = 'PRICE_REDUCTION'
        and lots.net_consideration <> 0
)

select * from int_price_parts__given_credits
