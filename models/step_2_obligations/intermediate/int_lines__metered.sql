-- One row per contract line of use, credits or a minimum: whether its use is paid as it goes, and whether it sells lots of prepaid units.
with

lines as (
    select * from {{ ref('int_lines__first_terms') }}
),

-- Lots sold by a line; the first one known says whether what is left of them is paid back.
first_lots as (
    select
        line_id,
        is_refundable
    from {{ ref('fct_credit_grants') }}
    where
        not_drawn_reason is null
        and line_id is not null
        and not is_withdrawn
        -- what is free, or given back, was not bought under the line that it was put to
        and consideration > 0
        and treatment <> 'PRICE_REDUCTION'
    qualify row_number() over (partition by line_id order by known_ordinal, granted_at, grant_id) = 1
),

-- Credits of a plan: those that are significant beside it take a part of its fee (D8).
included_lots as (
    select
        grants.line_id,
        bool_or(tests.line_is_significant) as is_significant
    from {{ ref('fct_credit_grants') }} as grants
    inner join {{ ref('int_lines__entitlement_tests') }} as tests
        on tests.line_id = grants.line_id
    where grants.grant_kind = 'entitlement' and grants.not_drawn_reason is null
    group by grants.line_id
),

-- Lots stated for a minimum of which none can be drawn: there is nothing that its use could draw.
refused_lots as (
    select line_id
    from {{ ref('fct_credit_grants') }}
    where grant_kind = 'commitment'
    group by line_id
    having not bool_or(not_drawn_reason is null)
),

-- Use that draws what cannot be drawn (such a minimum, credits of a plan without a lot) is neither
-- paid as it goes nor drawn from other lots: it is measured and not recognised.
undrawable as (
    select
        lines.contract_id,
        min(lines.known_ordinal) as known_ordinal
    from lines
    left join refused_lots on refused_lots.line_id = lines.line_id
    left join included_lots on included_lots.line_id = lines.line_id
    where
        lines.line_kind = 'included_credits' and included_lots.line_id is null
        or lines.line_kind = 'minimum_commitment' and refused_lots.line_id is not null
    group by lines.contract_id
),

-- Use that counted towards a minimum when it was first known, and what a minimum was first for.
under_minimums as (
    select distinct line_id
    from {{ ref('fct_minimum_uses') }}
    where minimum_known_ordinal <= use_known_ordinal
),

first_uses as (
    select
        minimum_line_id,
        min_by(product_id, line_id) as product_id
    from {{ ref('fct_minimum_uses') }}
    where use_known_ordinal <= minimum_known_ordinal and line_kind = 'usage'
    group by minimum_line_id
),

int_lines__metered as (
    select
        lines.line_id,
        lines.line_kind in ('usage', 'overage') and undrawable.contract_id is null as is_counted_use,
        under_minimums.line_id is not null as is_under_minimum,
        undrawable.contract_id is null and (
            lines.line_kind = 'credit_pack' or coalesce(not commitments.is_stand_ready and not commitments.is_by_progress, false)
        ) as sells_lots,
        undrawable.contract_id is null and coalesce(commitments.is_stand_ready, false) as is_ready_minimum,
        undrawable.contract_id is null and coalesce(commitments.is_by_progress, false) as is_progress_minimum,
        undrawable.contract_id is null and coalesce(commitments.is_trued_up, false) as is_trued_up,
        -- settled in arrears, or earned with its overage, a minimum is a price of its use, and one promise with it
        case when commitments.is_trued_up or commitments.is_by_progress then first_uses.product_id end as used_product_id,
        coalesce(first_lots.is_refundable, false) as lots_are_refundable,
        lines.line_kind = 'included_credits' and coalesce(not included_lots.is_significant, false) as comes_with_plan,
        undrawable.contract_id is null and lines.line_kind = 'included_credits' and coalesce(included_lots.is_significant, false) as shares_price_of_plan
    from lines
    left join first_lots on first_lots.line_id = lines.line_id
    left join included_lots on included_lots.line_id = lines.line_id
    left join {{ ref('fct_commitments') }} as commitments on commitments.line_id = lines.line_id
    left join first_uses on first_uses.minimum_line_id = lines.line_id
    left join under_minimums on under_minimums.line_id = lines.line_id
    left join undrawable
        on undrawable.contract_id = lines.contract_id
        and undrawable.known_ordinal <= lines.known_ordinal
    where lines.line_kind in ('usage', 'overage', 'credit_pack', 'minimum_commitment', 'included_credits')
)

select * from int_lines__metered
