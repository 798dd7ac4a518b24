-- One row per contract line: what it promises, or why it promises nothing (D3; ASC 606-10-25-14..22, IFRS 15.22..30).
with

-- What an option is worth is judged apart: a material right is promised, an offer at the price of everybody is not.
first_options as (
    select
        line_id,
        outcome,
        measure
    from {{ ref('fct_options') }}
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

described as (
    select
        lines.*,
        lines.line_kind in ('fixed_fee', 'milestone') and coalesce(lines.product_kind <> 'bundle', true)
        or coalesce(metered.is_ready_minimum or metered.is_progress_minimum, false) as is_stated_fee,
        lines.amount_interval <> 'once' as recurs,
        coalesce(metered.is_counted_use, false) as is_counted_use,
        coalesce(metered.is_under_minimum, false) as is_under_minimum,
        coalesce(metered.is_ready_minimum, false) as is_ready_minimum,
        coalesce(metered.is_progress_minimum, false) as is_progress_minimum,
        coalesce(metered.is_trued_up, false) as is_trued_up,
        metered.used_product_id,
        coalesce(metered.sells_lots, false) as sells_lots,
        coalesce(metered.lots_are_refundable, false) as lots_are_refundable,
        coalesce(metered.comes_with_plan, false) as comes_with_plan,
        coalesce(metered.shares_price_of_plan, false) as shares_price_of_plan,
        elections.promise_nature as elected_nature,
        coalesce(first_options.outcome = 'MATERIAL_RIGHT' or first_options.measure = 'set_up', false) as is_material_right
    from {{ ref('int_lines__first_terms') }} as lines
    left join {{ ref('int_lines__metered') }} as metered on metered.line_id = lines.line_id
    left join {{ ref('int_lines__elections') }} as elections on elections.line_id = lines.line_id
    left join first_options on first_options.line_id = lines.line_id
),

ruled as (
    select
        *,
        case
            when is_counted_use then 'D3.UNITS'
            when is_ready_minimum then case when product_kind = 'licence' then 'D3.LICENCE' else 'D3.STANDREADY' end
            -- settled in arrears, a minimum is the least price of the units used
            when sells_lots and is_trued_up or is_progress_minimum then 'D3.UNITS'
            -- who controls how many there are: of a number that is stated each is promised, else the agent stands ready (32-40)
            when line_kind = 'outcome'
                then case when coalesce(elected_nature, case when quantity is not null then 'units' else 'stand_ready' end) = 'units' then 'D3.OUTCOME_UNITS' else 'D3.OUTCOME_STANDREADY' end
            when sells_lots then 'D3.PREPAID_UNITS'
            -- up to its cap the plan is readiness: its fee is the price, and units have none (D8 ENTITLEMENT, incidental)
            when comes_with_plan then 'D3.PART_OF_PLAN'
            -- beyond that they are prepaid usage, paid with the fee (D8 ENTITLEMENT, significant)
            when shares_price_of_plan then 'D3.INCLUDED_UNITS'
            when is_material_right then 'D3.MATERIAL_RIGHT'
            -- what depends on a future event is price of what is promised, and so is what an option would cost
            when line_kind in ('option', 'contingent') then 'D3.NO_PROMISE'
            -- a discount, and the price of a package, is no promise: it is the price of those that are
            when line_kind = 'discount' or line_kind = 'fixed_fee' and product_kind = 'bundle' then 'D3.PRICE_ONLY'
            when not is_stated_fee then 'D3.NOT_SUPPORTED'
            -- preparing to serve transfers nothing: its fee is part of the price of the service
            when product_kind = 'setup' then 'D3.SETUP'
            when product_kind = 'licence' then 'D3.LICENCE'
            when recurs and line_kind = 'milestone' then 'D3.NOT_SUPPORTED'
            -- a good may be paid in instalments, but not for ever
            when recurs and product_kind = 'good' and coalesce(elected_nature, 'single') <> 'stand_ready'
                then case when service_end_at is null then 'D3.NOT_SUPPORTED' else 'D3.SINGLE' end
            -- what is paid month by month is a series of months, whatever it is called
            when product_kind in ('access', 'support', 'service', 'good') and elected_nature is not null and (elected_nature = 'stand_ready' or not recurs)
                then
                    case elected_nature
                        when 'units' then 'D3.UNITS'
                        when 'stand_ready' then 'D3.STANDREADY'
                        else 'D3.SINGLE'
                    end
            when product_kind in ('access', 'support') and line_kind = 'fixed_fee' then 'D3.STANDREADY'
            when product_kind = 'service' and recurs then 'D3.STANDREADY'
            when product_kind in ('service', 'good', 'access', 'support') then 'D3.SINGLE'
            else 'D3.NOT_SUPPORTED'
        end as nature_rule
    from described
),

int_lines__natures as (
    select
        *,
        case nature_rule
            when 'D3.UNITS' then 'units'
            when 'D3.OUTCOME_UNITS' then 'outcomes'
            when 'D3.OUTCOME_STANDREADY' then 'outcomes'
            when 'D3.PREPAID_UNITS' then 'prepaid_units'
            when 'D3.INCLUDED_UNITS' then 'included_units'
            when 'D3.STANDREADY' then 'stand_ready'
            when 'D3.SETUP' then 'stand_ready'
            when 'D3.SINGLE' then 'single'
            when 'D3.LICENCE' then 'licence'
            when 'D3.PRICE_ONLY' then 'price'
            when 'D3.MATERIAL_RIGHT' then 'option'
        end as nature
    from ruled
)

select * from int_lines__natures
