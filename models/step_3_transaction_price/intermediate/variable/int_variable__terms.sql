-- One row per line whose amount is variable and window of closes that see the same of it: its terms, and what is stated for what it belongs to.
with

lines as (
    select * from {{ ref('int_variable__lines') }}
),

-- What is promised for the fees that it belongs to.
targets as (
    select distinct
        lines.variable_id,
        promised.line_id,
        promised.obligation_id,
        promised.pattern not in {{ patterns_without_fees() }} as has_fees
    from lines
    inner join {{ ref('dim_obligation_lines') }} as promised
        on promised.contract_id = lines.contract_id
        and (lines.target_line_id is null or promised.line_id = lines.target_line_id)
        and (lines.target_product_id is null or promised.product_id = lines.target_product_id)
        and promised.pattern not in ('price_only', 'material_right', 'set_up')
),

related as (
    select
        variable_id,
        bool_or(has_fees) as has_fees,
        min(obligation_id) as obligation_id
    from targets
    group by variable_id
),

fees as (
    select
        lines.variable_id,
        fees.line_id,
        fees.known_from_ordinal,
        fees.known_to_ordinal,
        fees.from_date,
        fees.to_date,
        fees.amount,
        targets.line_id is not null as is_target
    from (
        select distinct
            variable_id,
            contract_id
        from lines
    ) as lines
    inner join {{ ref('fct_fee_intervals') }} as fees
        on fees.contract_id = lines.contract_id
        and fees.is_latest_segment
    left join targets
        on targets.variable_id = lines.variable_id
        and targets.line_id = fees.line_id
),

-- Interest is no price of what may come back.
interest as (
    select
        lines.variable_id,
        financing.known_from_ordinal,
        financing.known_to_ordinal,
        financing.price_amount - financing.stated_amount as amount
    from (
        select distinct
            variable_id,
            target_line_id
        from lines
        where variable_kind = 'given_back'
    ) as lines
    inner join {{ ref('fct_financing') }} as financing
        on financing.line_id = lines.target_line_id
        and financing.price_amount <> financing.stated_amount
),

{{ windows_between_closes('variable_id', {
    'lines': ['known_from_ordinal', 'known_to_ordinal'],
    'fees': ['known_from_ordinal', 'known_to_ordinal'],
    'interest': ['known_from_ordinal', 'known_to_ordinal'],
}) }},

in_force as (
    select
        lines.*,
        windows.window_from_ordinal,
        windows.window_to_ordinal
    from windows
    inner join lines
        on lines.variable_id = windows.variable_id
        and lines.known_from_ordinal <= windows.window_from_ordinal
        and lines.known_to_ordinal > windows.window_from_ordinal
    qualify row_number() over (
        partition by windows.variable_id, windows.window_from_ordinal
        order by lines.effective_at desc nulls last, lines.recorded_at desc
    ) = 1
),

stated as (
    select
        windows.variable_id,
        windows.window_from_ordinal,
        sum(fees.amount) as contract_amount,
        sum(case when fees.is_target then fees.amount else 0 end) as target_amount,
        min(case when fees.is_target then fees.from_date end) as target_from_date,
        max(case when fees.is_target then fees.to_date end) as target_to_date
    from windows
    inner join fees
        on fees.variable_id = windows.variable_id
        and fees.known_from_ordinal <= windows.window_from_ordinal
        and fees.known_to_ordinal > windows.window_from_ordinal
    group by windows.variable_id, windows.window_from_ordinal
),

int_variable__terms as (
    select
        in_force.* exclude (known_from_ordinal, known_to_ordinal, effective_at, recorded_at),
        case
            when related.obligation_id is null then 'nothing'
            when related.has_fees then 'fees'
            else 'days'
        end as spread_over,
        case when not related.has_fees then related.obligation_id end as obligation_id,
        cast(coalesce(stated.contract_amount, 0) as decimal(38, 9)) as contract_amount,
        cast(coalesce(stated.target_amount, 0) + coalesce(interest.amount, 0) as decimal(38, 9)) as target_amount,
        coalesce(stated.target_from_date, in_force.start_date) as target_from_date,
        coalesce(stated.target_to_date, in_force.end_date) as target_to_date
    from in_force
    left join related on related.variable_id = in_force.variable_id
    left join stated
        on stated.variable_id = in_force.variable_id
        and stated.window_from_ordinal = in_force.window_from_ordinal
    left join interest
        on interest.variable_id = in_force.variable_id
        and interest.known_from_ordinal <= in_force.window_from_ordinal
        and interest.known_to_ordinal > in_force.window_from_ordinal
)

select * from int_variable__terms
