-- One row per contract line: whether its use is paid as it goes, and whether it sells lots of prepaid units.
with

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

-- Use that draws what cannot be drawn (a minimum or credits of a plan without a lot) is neither paid as it goes nor drawn
-- from other lots: it is measured and not recognised.
undrawable as (
    select
        lines.contract_id,
        min(lines.known_ordinal) as known_ordinal
    from {{ ref('int_lines__first_terms') }} as lines
    left join first_lots on first_lots.line_id = lines.line_id
    left join included_lots on included_lots.line_id = lines.line_id
    where
        lines.line_kind = 'included_credits' and included_lots.line_id is null
        or lines.line_kind = 'minimum_commitment' and first_lots.line_id is null
    group by lines.contract_id
),

int_lines__metered as (
    select
        lines.line_id,
        lines.line_kind = 'usage' and undrawable.contract_id is null as is_counted_use,
        undrawable.contract_id is null and (
            lines.line_kind = 'credit_pack' or lines.line_kind = 'minimum_commitment' and first_lots.line_id is not null
        ) as sells_lots,
        coalesce(first_lots.is_refundable, false) as lots_are_refundable,
        lines.line_kind = 'included_credits' and coalesce(not included_lots.is_significant, false) as comes_with_plan,
        undrawable.contract_id is null and lines.line_kind = 'included_credits' and coalesce(included_lots.is_significant, false) as shares_price_of_plan
    from {{ ref('int_lines__first_terms') }} as lines
    left join first_lots on first_lots.line_id = lines.line_id
    left join included_lots on included_lots.line_id = lines.line_id
    left join undrawable
        on undrawable.contract_id = lines.contract_id
        and undrawable.known_ordinal <= lines.known_ordinal
    where lines.line_kind in ('usage', 'credit_pack', 'minimum_commitment', 'included_credits')
)

select * from int_lines__metered
