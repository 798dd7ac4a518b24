-- One row per contract with material rights, performance obligation and closes: what its fees state, and what of the price is deferred for a right.
with

charged as (
    select
        fees.contract_id,
        fees.entity_id,
        fees.obligation_id,
        fees.line_id,
        obligations.minor_unit_exponent,
        obligations.nature = 'option' as is_right,
        fees.known_from_ordinal,
        fees.known_to_ordinal,
        fees.allocated_amount,
        -- a right shares in a price by its standalone price; of one that is looked through the price is stated
        case
            -- a set-up fee is billed for itself
            when obligations.pattern = 'set_up' then 0
            when renewals.contract_id is null then fees.allocated_amount
            when obligations.nature = 'option' then 0
            else fees.stated_amount
        end as price_amount
    from {{ ref('fct_allocated_fees') }} as fees
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = fees.obligation_id
    left join {{ ref('fct_option_exercises') }} as exercises on exercises.line_id = fees.line_id
    left join (
        select
            contract_id,
            max(initial_to_date) as initial_to_date
        from {{ ref('fct_options') }}
        where measure = 'look_through'
        group by contract_id
    ) as renewals on renewals.contract_id = fees.contract_id
    where
        fees.is_latest_segment
        -- what is billed pays for what is charged; the books differ in what is received in kind alone
        and fees.component <> 'payable_to_customer'
        and fees.book_scope in ('both', 'asc606')
        and fees.contract_id in (select options.contract_id from {{ ref('fct_options') }} as options where options.outcome = 'MATERIAL_RIGHT' and options.measure <> 'set_up')
        -- what is bought under a right pays for itself
        and (
            obligations.nature = 'option'
            or exercises.line_id is null and coalesce(fees.from_date < renewals.initial_to_date, true)
        )
),

-- What a right brought to a price was part of the price that paid for it.
fees as (
    select * from charged
    union all by name
    select
        joined.contract_id,
        joined.entity_id,
        joined.obligation_id,
        joined.line_id,
        obligations.minor_unit_exponent,
        false as is_right,
        joined.known_from_ordinal,
        joined.known_to_ordinal,
        cast(0 as decimal(38, 18)) as allocated_amount,
        joined.amount as price_amount
    from {{ ref('fct_joined_rights') }} as joined
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = joined.obligation_id
    union all by name
    select
        shares.contract_id,
        shares.entity_id,
        shares.obligation_id,
        shares.line_id,
        obligations.minor_unit_exponent,
        false as is_right,
        shares.known_from_ordinal,
        shares.known_to_ordinal,
        cast(0 as decimal(38, 18)) as allocated_amount,
        shares.stated_amount + shares.share_amount as price_amount
    from {{ ref('fct_credit_shares') }} as shares
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = shares.obligation_id
    where shares.contract_id in (select contract_id from charged)
),

closes as (
    select
        contract_id,
        known_from_ordinal as known_ordinal
    from fees
    union
    select
        contract_id,
        known_to_ordinal as known_ordinal
    from fees
    where known_to_ordinal < 999999
),

windows as (
    select
        contract_id,
        known_ordinal as known_from_ordinal,
        lead(known_ordinal, 1, 999999) over (partition by contract_id order by known_ordinal) as known_to_ordinal
    from closes
),

int_rights__prices as (
    select
        windows.contract_id,
        fees.entity_id,
        fees.obligation_id,
        fees.minor_unit_exponent,
        fees.is_right,
        windows.known_from_ordinal,
        windows.known_to_ordinal,
        case when fees.is_right then cast(sum(fees.allocated_amount) as decimal(38, 18)) end as deferred_amount,
        sum(sum(fees.price_amount)) over (partition by windows.contract_id, windows.known_from_ordinal) as contract_price
    from windows
    inner join fees
        on fees.contract_id = windows.contract_id
        and fees.known_from_ordinal <= windows.known_from_ordinal
        and fees.known_to_ordinal > windows.known_from_ordinal
    group by windows.contract_id, fees.entity_id, fees.obligation_id, fees.minor_unit_exponent, fees.is_right, windows.known_from_ordinal, windows.known_to_ordinal
)

select * from int_rights__prices
