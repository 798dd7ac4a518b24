-- One row per set of books, outcome obligation and period: what of its position is owed back, and what it has of fees that are neither final nor billed (section 4).
--
-- Fees of open outcomes are billed last. What is expected back of those billed is a refund liability, of the others it stands against
-- the contract asset (E52); what was billed and then reversed is owed back. Without a reserve open fees are no asset.
with

-- What lots paid of fees that a policy earned is not billed again.
paid_by_lots as (
    select
        obligation_id,
        greatest(service_ordinal, cast({{ int_div('revision', '10') }} as integer)) as period_ordinal,
        charged_amount
    from {{ ref('fct_rated_usage') }}
    where obligation_id in (select obligation_id from {{ ref('fct_outcome_reserves') }})
),

paid_to_date as (
    select
        reserves.obligation_id,
        reserves.period_ordinal,
        sum(paid_by_lots.charged_amount) as amount
    from (
        select distinct
            obligation_id,
            period_ordinal
        from {{ ref('fct_outcome_reserves') }}
    ) as reserves
    inner join paid_by_lots
        on paid_by_lots.obligation_id = reserves.obligation_id
        and paid_by_lots.period_ordinal <= reserves.period_ordinal
    group by reserves.obligation_id, reserves.period_ordinal
),

compared as (
    select
        reserves.book_scope,
        reserves.obligation_id,
        reserves.period_ordinal,
        obligations.minor_unit_exponent,
        reserves.reserved_open_amount > 0 as is_reserved,
        reserves.taken_back_amount,
        cast(reserves.open_amount as decimal(38, 9)) as open_amount,
        cast(reserves.expected_back_amount as decimal(38, 9)) as expected_back_amount,
        cast(reserves.entitled_amount + coalesce(paid_to_date.amount, 0) - coalesce(billed.billed_amount, 0) as decimal(38, 9)) as unbilled_amount
    from {{ ref('fct_outcome_reserves') }} as reserves
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = reserves.obligation_id
    left join {{ ref('int_positions__billed') }} as billed
        on billed.book_scope = reserves.book_scope
        and billed.obligation_id = reserves.obligation_id
        and billed.period_ordinal = reserves.period_ordinal
    left join paid_to_date
        on paid_to_date.obligation_id = reserves.obligation_id
        and paid_to_date.period_ordinal = reserves.period_ordinal
),

split as (
    select
        *,
        least(greatest(unbilled_amount, 0), open_amount) as open_unbilled_amount,
        least(greatest(-unbilled_amount, 0), taken_back_amount) as owed_back_amount
    from compared
),

shared as (
    select
        *,
        case when open_amount > 0 then {{ share_by_weight('expected_back_amount', 'open_unbilled_amount', 'open_amount') }} else 0 end as unbilled_share
    from split
),

rounded as (
    select
        *,
        {{ round_to_minor_unit('expected_back_amount', 'minor_unit_exponent') }} as expected_amount,
        {{ round_to_minor_unit('unbilled_share', 'minor_unit_exponent') }} as expected_of_unbilled
    from shared
),

int_positions__outcomes as (
    select
        book_scope,
        obligation_id,
        period_ordinal,
        case when is_reserved then {{ round_to_minor_unit('open_unbilled_amount', 'minor_unit_exponent') }} else 0 end as asset_amount,
        case when is_reserved then expected_of_unbilled else 0 end as allowance_amount,
        expected_amount - expected_of_unbilled + {{ round_to_minor_unit('owed_back_amount', 'minor_unit_exponent') }} as refund_amount
    from rounded
)

select * from int_positions__outcomes
where asset_amount <> 0 or allowance_amount <> 0 or refund_amount <> 0
