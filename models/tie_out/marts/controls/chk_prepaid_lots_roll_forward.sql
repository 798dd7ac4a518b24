-- One row per book and lot or prepaid obligation that does not roll forward, or whose liability is not what its lots still hold (I10, I14).
--
-- The liability of an obligation is what was billed or paid for it less what its lots gave up: what
-- the lots still hold, less what of it was not billed yet. What was given back in credits was billed before.
-- Lots roll unrounded, so half a minor unit may lie between. What was credited for units paid back left their lots, and what was kept is in them.
with

-- Between two moves nothing can break.
lots as (
    select * from {{ ref('fct_prepaid_movements') }}
),

footed as (
    select
        book,
        entity_id,
        period_id,
        grant_id as subject,
        cast(0 as decimal(38, 18)) as expected_amount,
        closing_units as actual_amount
    from lots
    where
        closing_units < 0
        -- a few 10^-18 may be left where late usage moved the same units to another place in the lot
        or closing_amount < -0.000000000001
        or closing_units = 0 and closing_amount > 0.000000000001
        -- what lapsed and goes to an authority is owed to it
        and grant_id not in (select grant_id from {{ ref('fct_breakage_estimates') }} where rule_code = 'D11.UNCLAIMED_PROPERTY')
),

taken as (
    select
        book,
        grant_id,
        sum(units) as units
    from {{ ref('fct_credit_drawdowns') }}
    group by book, grant_id
),

-- granted, or come from another lot, = drawn + expired + refunded + remaining, from the grants themselves
remaining as (
    select
        lots.book,
        lots.entity_id,
        lots.period_id,
        lots.grant_id as subject,
        case when grants.is_withdrawn then 0 else case when grants.root_grant_id is null then grants.units else 0 end - grants.refunded_units - coalesce(taken.units, 0) end as expected_amount,
        lots.closing_units as actual_amount
    from lots
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = lots.grant_id
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = lots.contract_id
        and gates.gate_ordinal is not null
        and gates.until_ordinal = 999999
    inner join {{ ref('books') }} as books
        on books.book_scope = gates.book_scope
        and books.book = lots.book
    left join taken
        on taken.book = lots.book
        and taken.grant_id = lots.grant_id
    qualify row_number() over (partition by lots.book, lots.grant_id order by lots.period_ordinal desc) = 1
),

-- By obligation: what its lots hold and were granted, and what was billed and is owed in its accounts.
moved as (
    select
        lots.book,
        lots.entity_id,
        lots.obligation_id,
        lots.period_id,
        lots.period_ordinal,
        lots.closing_amount - lots.opening_amount as held_amount,
        case when grants.treatment = 'PRICE_REDUCTION' then 0 else lots.granted_amount + lots.rolled_amount - lots.refunded_amount + lots.blended_amount end as granted_amount,
        0 as billed_amount,
        0 as liability_amount
    from lots
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = lots.grant_id

    union all

    select
        book,
        entity_id,
        obligation_id,
        period_id,
        period_ordinal,
        0 as held_amount,
        0 as granted_amount,
        -- a deposit is released for lots that no contract ever held
        case when event_type in ('revenue', 'logic_change') and coalesce(component, '') <> 'deposit_release' then 0 else credit_amount - debit_amount end as billed_amount,
        credit_amount - debit_amount as liability_amount
    from {{ ref('fct_journal_lines') }}
    where
        posting_role in ('contract_liability_prepaid', 'contract_liability_subscription', 'refund_liability')
        and event_type not like '%reclass'
        and event_type not like '%netting'
),

tied as (
    select
        moved.book,
        moved.entity_id,
        moved.period_id,
        moved.obligation_id as subject,
        obligations.minor_unit_exponent,
        {%- for measure in ['held_amount', 'granted_amount', 'billed_amount', 'liability_amount'] %}
            sum(sum(moved.{{ measure }})) over to_date as {{ measure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from moved
    inner join {{ ref('dim_obligations') }} as obligations
        on obligations.obligation_id = moved.obligation_id
        and obligations.pattern in ('prepaid_units', 'prepaid_refundable', 'included_units')
    group by moved.book, moved.entity_id, moved.period_id, moved.period_ordinal, moved.obligation_id, obligations.minor_unit_exponent
    window to_date as (partition by moved.book, moved.obligation_id order by moved.period_ordinal)
),

breaks as (
    select * from footed
    union all
    select * from remaining
    where expected_amount is distinct from actual_amount
    union all
    select
        book,
        entity_id,
        period_id,
        subject,
        held_amount + billed_amount - granted_amount as expected_amount,
        liability_amount as actual_amount
    from tied
    where
        2 * abs(held_amount + billed_amount - granted_amount - liability_amount)
        > {{ from_minor_units('1', 'minor_unit_exponent') }} + 0.000000001
    union all
    select * from {{ ref('int_prepaid_refunds__untied') }}
),

chk_prepaid_lots_roll_forward as (
    select
        'chk_prepaid_lots_roll_forward' as control_code,
        book,
        entity_id,
        period_id,
        subject,
        cast(expected_amount as decimal(38, 18)) as expected_amount,
        cast(actual_amount as decimal(38, 18)) as actual_amount
    from breaks
)

select * from chk_prepaid_lots_roll_forward
