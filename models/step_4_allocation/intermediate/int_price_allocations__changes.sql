{{ config(materialized='view') }} {#- read once, by the mart that adds it up -#}
-- One row per change of the price of a performance obligation: what came to it or left it at a close, by component.
with

valued as (
    -- the terms now agreed; what was earned under those before is part of their price
    select
        contract_id,
        obligation_id,
        case when component in ('payable_to_customer', 'concession', 'rebate', 'refund') then component else 'fixed' end as component,
        book_scope,
        known_from_ordinal,
        known_to_ordinal,
        cast(allocated_amount as decimal(38, 18)) as amount
    from {{ ref('fct_allocated_fees') }}
    where is_latest_segment

    union all

    -- renewals that are expected are the price of what they will renew
    select
        contract_id,
        obligation_id,
        'expected_renewals' as component,
        'both' as book_scope,
        known_from_ordinal,
        known_to_ordinal,
        expected_renewals_amount as amount
    from {{ ref('fct_option_progress') }}
    where expected_renewals_amount <> 0

    union all

    -- the price of a lot is stated for its units alone
    select
        lots.contract_id,
        lines.obligation_id,
        'credits' as component,
        'both' as book_scope,
        lots.known_from_ordinal,
        lots.known_to_ordinal,
        lots.net_consideration as amount
    from {{ ref('fct_credit_lots') }} as lots
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    where lots.net_consideration <> 0

    union all

    -- units paid back leave at the price that notes before had given them
    select
        refunds.contract_id,
        lines.obligation_id,
        'credits' as component,
        'both' as book_scope,
        refunds.known_from_ordinal,
        refunds.known_to_ordinal,
        -refunds.noted_amount as amount
    from {{ ref('fct_credit_refunds') }} as refunds
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = refunds.line_id
    where refunds.noted_amount <> 0

    union all

    -- what the allocation adds to it
    select
        contract_id,
        obligation_id,
        'credits' as component,
        'both' as book_scope,
        known_from_ordinal,
        known_to_ordinal,
        share_amount as amount
    from {{ ref('fct_credit_shares') }}
    where share_amount <> 0

    union all

    -- what is given up with a change of terms is the price of what remains, and a note on prepaid units lies on their lots
    select
        contract_id,
        obligation_id,
        component,
        book_scope,
        known_from_ordinal,
        known_to_ordinal,
        amount
    from {{ ref('fct_price_parts') }}
    where component = 'credits' and spread_over = 'nothing' or spread_over = 'lots'
),

int_price_allocations__changes as (
    select
        valued.contract_id,
        valued.obligation_id,
        valued.component,
        valued.book_scope,
        case moves.sign when 1 then valued.known_from_ordinal else valued.known_to_ordinal end as as_of_ordinal,
        case moves.sign when 1 then valued.amount else -valued.amount end as amount
    from valued
    cross join (values (1), (-1)) as moves (sign)
    where moves.sign = 1 or valued.known_to_ordinal < 999999

    union all

    -- what remains of lots is one price once lots were added at another
    select
        blends.contract_id,
        lines.obligation_id,
        'credits' as component,
        'both' as book_scope,
        blends.posting_ordinal as as_of_ordinal,
        blends.amount
    from {{ ref('fct_credit_blends') }} as blends
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = blends.line_id

    union all

    -- the fee of each increment relates to that increment alone: allocated to it entirely (D10 VC_SPECIFIC)
    select
        contract_id,
        obligation_id,
        component,
        book_scope,
        as_of_ordinal,
        amount
    from {{ ref('fct_counted_charges') }}
)

select * from int_price_allocations__changes
