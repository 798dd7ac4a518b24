-- One row per set of books, obligation and period at whose end it has a position, and its invoice may wait for more than time.
with

waits as (
    select
        obligation_id,
        0 as from_ordinal,
        true as waits_for_more,
        false as bears_right
    from {{ ref('dim_obligations') }}
    where is_billing_conditional
    union all
    -- what is billed with other promises waits for these, and what of others is billed with it is due with its own
    select
        obligation_id,
        known_from_ordinal as from_ordinal,
        is_billed_with_others as waits_for_more,
        false as bears_right
    from {{ ref('fct_allocation_shares') }}
    where source = 'fee' or is_billed_with_others
    union all
    -- what a right brings to a price was billed when the right was given
    select
        obligation_id,
        known_from_ordinal as from_ordinal,
        true as waits_for_more,
        true as bears_right
    from {{ ref('fct_joined_rights') }}
    where amount <> 0
),

int_positions__awaited as (
    select
        positions.book_scope,
        positions.entity_id,
        positions.contract_id,
        positions.obligation_id,
        positions.period_ordinal,
        positions.position_amount,
        bool_or(waits.waits_for_more) as waits_for_more,
        bool_or(waits.bears_right) as bears_right
    from {{ ref('int_positions') }} as positions
    inner join waits
        on waits.obligation_id = positions.obligation_id
        and waits.from_ordinal <= positions.period_ordinal
    group by
        positions.book_scope, positions.entity_id, positions.contract_id, positions.obligation_id, positions.period_ordinal, positions.position_amount
)

select * from int_positions__awaited
