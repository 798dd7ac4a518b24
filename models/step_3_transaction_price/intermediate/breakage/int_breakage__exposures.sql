-- One row per entity, version of an estimate of breakage and currency: what depends on it, and what it changes of revenue before it (D7).
--
-- One judgement about many lots is reviewed as one: its amount is what it expects never to be used of
-- all lots still open, and its catch-up what it changes of the draws before it. Both are compared
-- with the version before it of the same estimate; the first has none.
with

statements as (
    select * from {{ ref('int_breakage__statements') }}
),

lots as (
    select
        statements.grant_id,
        statements.entity_id,
        statements.estimate_id,
        statements.recorded_at,
        statements.previous_recorded_at,
        statements.known_from_ordinal,
        lots.currency,
        lots.net_consideration,
        coalesce(balances.drawn_amount, 0) as drawn_amount,
        {{ breakage_share('statements', 'lots') }} as share
    from statements
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.grant_id = statements.grant_id
        and lots.known_from_ordinal <= statements.known_from_ordinal
        and lots.known_to_ordinal > statements.known_from_ordinal
    left join {{ ref('int_breakage__balances') }} as balances
        on balances.grant_id = statements.grant_id
        and balances.posting_ordinal < statements.known_from_ordinal
        and balances.next_ordinal >= statements.known_from_ordinal
    where coalesce(balances.lapsed_units, 0) = 0
),

compared as (
    select
        lots.*,
        case when before.grant_id is null then 0 else {{ breakage_share('before', 'terms') }} end as share_before
    from lots
    left join statements as before
        on before.grant_id = lots.grant_id
        and before.estimate_id = lots.estimate_id
        and before.recorded_at = lots.previous_recorded_at
    inner join {{ ref('fct_credit_lots') }} as terms
        on terms.grant_id = lots.grant_id
        and terms.known_from_ordinal <= lots.known_from_ordinal
        and terms.known_to_ordinal > lots.known_from_ordinal
),

-- draws x (1 / (1 - share) - 1 / (1 - share before)), as one quotient
measured as (
    select
        *,
        {{ wide_share_of('net_consideration', billionths('share'), '1000000000') }} as breakage_amount,
        case
            when share < 1 and share_before < 1
                then abs({{ wide_share_of('drawn_amount', billionths('share - share_before') ~ ' * 1000000000', billionths('1 - share') ~ ' * ' ~ billionths('1 - share_before')) }})
            else net_consideration
        end as catch_up_amount
    from compared
),

int_breakage__exposures as (
    select
        entity_id,
        estimate_id,
        recorded_at,
        currency,
        min(known_from_ordinal) as known_from_ordinal,
        sum(breakage_amount) as estimate_amount,
        sum(catch_up_amount) as catch_up_amount,
        sum(drawn_amount) as corrected_amount,
        -- how far the use that is expected moves
        max(case when previous_recorded_at is not null then abs(share - share_before) end) as moved,
        max(1 - share_before) as moved_from
    from measured
    group by entity_id, estimate_id, recorded_at, currency
)

select * from int_breakage__exposures
