-- One row per obligation and closes that believed so: the share of what is billed for it that the company expects not to keep.
--
-- What is expected to be given back is owed back as far as it is billed or paid: a refund liability (ASC 606-10-32-10, IFRS 15.55). What
-- is expected never to be collected, because less will be accepted, is no receivable: an implicit price concession (32-7, IFRS 15.52).
with

lowered as (
    select
        consideration.*,
        -- what was credited for it is given back already, and no longer part of what is billed
        greatest(-consideration.constrained_amount - consideration.given_amount, 0) as still_expected,
        greatest(terms.target_amount - consideration.given_amount, 0) as still_billed
    from {{ ref('fct_variable_consideration') }} as consideration
    inner join {{ ref('int_variable__terms') }} as terms
        on terms.variable_id = consideration.variable_id
        and terms.window_from_ordinal <= consideration.known_from_ordinal
        and terms.window_to_ordinal > consideration.known_from_ordinal
    where
        consideration.amount < 0
        and consideration.spread_over = 'fees'
        and terms.target_amount > consideration.given_amount
),

promised as (
    select distinct
        lowered.variable_id,
        lines.obligation_id,
        lowered.variable_kind = 'expected_fee' as is_concession,
        lowered.known_from_ordinal,
        lowered.known_to_ordinal,
        lowered.variable_kind = 'given_back' as comes_back,
        least(1, {{ share_by_weight('cast(1 as decimal(38, 9))', 'cast(lowered.still_expected as decimal(38, 9))', 'lowered.still_billed') }}) as share
    from lowered
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.contract_id = lowered.contract_id
        and (lowered.target_line_id is null or lines.line_id = lowered.target_line_id)
        and (lowered.target_product_id is null or lines.product_id = lowered.target_product_id)
        and lines.pattern not in ('price_only', 'material_right', 'set_up')
        and lines.pattern not in {{ patterns_without_fees() }}
),

shares as (
    select * from promised
    union all
    -- use whose price falls for what was charged before
    select
        obligation_id as variable_id,
        obligation_id,
        false as is_concession,
        known_from_ordinal,
        known_to_ordinal,
        false as comes_back,
        share
    from {{ ref('int_rated_refunds') }}
),

-- The goods that come back with it are an asset, at what they cost (55-23, IFRS 15.B21).
costs as (
    select
        shares.variable_id,
        shares.obligation_id,
        costs.cost_share,
        costs.known_from_ordinal,
        costs.known_to_ordinal
    from (
        select distinct
            variable_id,
            obligation_id
        from shares
    ) as shares
    inner join {{ ref('int_variable__unit_costs') }} as costs on costs.variable_id = shares.variable_id
),

closes as (
    select
        obligation_id,
        known_from_ordinal as from_ordinal
    from shares
    union
    select
        obligation_id,
        known_from_ordinal as from_ordinal
    from costs
    union
    select
        obligation_id,
        known_to_ordinal as from_ordinal
    from shares
),

windows as (
    select
        *,
        lead(from_ordinal, 1, 999999) over (partition by obligation_id order by from_ordinal) as to_ordinal
    from closes
    where from_ordinal < 999999
),

fct_expected_refunds as (
    select
        windows.obligation_id,
        cast(windows.from_ordinal as integer) as from_ordinal,
        cast(windows.to_ordinal as integer) as to_ordinal,
        cast(least(1, sum(case when shares.is_concession then 0 else shares.share end)) as decimal(19, 18)) as refund_share,
        cast(least(1, sum(case when shares.is_concession then shares.share else 0 end)) as decimal(19, 18)) as concession_share,
        cast(coalesce(sum(case when shares.comes_back then {{ share_of_measure('shares.share', attos('costs.cost_share'), '1000000000000000000') }} end), 0) as decimal(38, 18)) as return_cost_share
    from windows
    inner join shares
        on shares.obligation_id = windows.obligation_id
        and shares.known_from_ordinal <= windows.from_ordinal
        and shares.known_to_ordinal > windows.from_ordinal
    left join costs
        on costs.variable_id = shares.variable_id
        and costs.obligation_id = shares.obligation_id
        and costs.known_from_ordinal <= windows.from_ordinal
        and costs.known_to_ordinal > windows.from_ordinal
    group by windows.obligation_id, windows.from_ordinal, windows.to_ordinal
)

select * from fct_expected_refunds
