-- One row per lot that can be drawn and version of it, with its share of the price of all that was bought with it (D8; ASC 606-10-32-28..31, IFRS 15.73..76).
--
-- A bonus is part of the purchase that it came with: their price is spread over paid and free units
-- alike, in whole minor units, largest remainder first. Units paid back leave with the share of their lot.
with

versions as (
    select
        versions.*,
        coalesce(versions.purchase_grant_id, versions.grant_id) as purchase_id,
        currencies.minor_unit_exponent
    from {{ ref('int_credit_lots__versions') }} as versions
    inner join {{ ref('currencies') }} as currencies on currencies.currency = versions.currency
),

-- All lots of a purchase that the same closes knew.
purchases as (
    select
        members.grant_id,
        members.version_number,
        count(*) as lot_count,
        sum({{ billionths('others.units') }}) as units_billionths,
        sum({{ to_minor_units('others.consideration', 'others.minor_unit_exponent') }}) as price_minor
    from versions as members
    inner join versions as others
        on others.purchase_id = members.purchase_id
        and others.known_from_ordinal <= members.known_from_ordinal
        and others.known_to_ordinal > members.known_from_ordinal
    group by members.grant_id, members.version_number
    having count(*) > 1
),

floored as (
    select
        versions.grant_id,
        versions.version_number,
        versions.purchase_id,
        versions.known_from_ordinal,
        versions.known_to_ordinal,
        versions.consideration - cast({{ from_minor_units(to_minor_units('versions.consideration', 'versions.minor_unit_exponent'), 'versions.minor_unit_exponent') }} as decimal(38, 9)) as below_minor,
        versions.minor_unit_exponent,
        purchases.price_minor,
        {{ int_div('purchases.price_minor * ' ~ billionths('versions.units'), 'purchases.units_billionths') }} as share_minor,
        (purchases.price_minor * {{ billionths('versions.units') }}) % purchases.units_billionths as rest
    from versions
    inner join purchases
        on purchases.grant_id = versions.grant_id
        and purchases.version_number = versions.version_number
),

-- How many minor units are left over, and whether this lot's rest is among the largest.
ranked as (
    select
        members.grant_id,
        members.version_number,
        members.minor_unit_exponent,
        members.share_minor,
        members.below_minor,
        members.price_minor - sum(others.share_minor) as left_minor,
        count(case when others.rest > members.rest or others.rest = members.rest and others.grant_id < members.grant_id then 1 end) as lots_before
    from floored as members
    inner join floored as others
        on others.purchase_id = members.purchase_id
        and others.known_from_ordinal <= members.known_from_ordinal
        and others.known_to_ordinal > members.known_from_ordinal
    group by members.grant_id, members.version_number, members.minor_unit_exponent, members.share_minor, members.below_minor, members.price_minor, members.rest
),

int_credit_lots__priced as (
    select
        versions.* exclude (purchase_id, minor_unit_exponent) replace (
            cast(case
                when ranked.grant_id is null then versions.consideration
                else cast({{ from_minor_units('ranked.share_minor + case when ranked.lots_before < ranked.left_minor then 1 else 0 end', 'ranked.minor_unit_exponent') }} as decimal(38, 9)) + ranked.below_minor
            end as decimal(38, 9)) as consideration
        )
    from versions
    left join ranked
        on ranked.grant_id = versions.grant_id
        and ranked.version_number = versions.version_number
)

select * from int_credit_lots__priced
