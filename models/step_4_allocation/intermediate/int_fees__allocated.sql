-- One row per version of a fixed fee, segment, interval and component of it: the amount allocated to its performance obligation.
--
-- A contract that comes with a material right is one pool: its stated price is split by relative
-- standalone amounts (ASC 606-10-32-31, 55-44; IFRS 15.76, B42). Any other price is stated for one
-- obligation and allocation moves nothing.
with

fees as (
    select
        fees.*,
        coalesce(options.standalone_amount, fees.amount) as standalone_amount,
        obligations.minor_unit_exponent
    from {{ ref('fct_fee_intervals') }} as fees
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = fees.obligation_id
    left join {{ ref('fct_options') }} as options
        on options.line_id = fees.line_id
        and options.measure = 'ssp'
        and options.known_from_ordinal < fees.known_to_ordinal
        and options.known_to_ordinal > fees.known_from_ordinal
),

pooled_contracts as (
    select distinct contract_id
    from fees
    where pattern = 'material_right' and standalone_amount > 0
),

members as (
    select fees.*
    from fees
    inner join pooled_contracts on pooled_contracts.contract_id = fees.contract_id
    where
        fees.segment_number = 0
        and fees.line_id not in (select exercises.line_id from {{ ref('fct_option_exercises') }} as exercises)
),

closes as (
    select
        contract_id,
        known_from_ordinal as known_ordinal
    from members
    union
    select
        contract_id,
        known_to_ordinal as known_ordinal
    from members
),

windows as (
    select
        contract_id,
        known_ordinal as pool_from_ordinal,
        lead(known_ordinal) over (partition by contract_id order by known_ordinal) as pool_to_ordinal
    from closes
),

cut as (
    select
        members.*,
        windows.pool_from_ordinal,
        windows.pool_to_ordinal
    from members
    inner join windows
        on windows.contract_id = members.contract_id
        and windows.pool_from_ordinal >= members.known_from_ordinal
        and windows.pool_to_ordinal <= members.known_to_ordinal
),

shares as (
    select
        contract_id,
        obligation_id,
        pool_from_ordinal,
        minor_unit_exponent,
        sum(amount) as stated_amount,
        sum(standalone_amount) as standalone_amount,
        {{ to_minor_units('sum(sum(amount)) over (partition by contract_id, pool_from_ordinal)', 'minor_unit_exponent') }} as price_minor,
        {{ millionths('sum(standalone_amount)') }} as weight,
        sum({{ millionths('sum(standalone_amount)') }}) over (partition by contract_id, pool_from_ordinal) as whole_weight
    from cut
    group by contract_id, obligation_id, pool_from_ordinal, minor_unit_exponent
),

floored as (
    select
        *,
        {{ int_div('price_minor * weight', 'whole_weight') }} as floor_minor,
        price_minor * weight % whole_weight as rest
    from shares
    where whole_weight > 0
),

split as (
    select
        *,
        floor_minor + case
            when row_number() over (partition by contract_id, pool_from_ordinal order by rest desc, obligation_id)
                <= price_minor - sum(floor_minor) over (partition by contract_id, pool_from_ordinal) then 1
            else 0
        end as share_minor
    from floored
),

placed as (
    select
        cut.*,
        {{ from_minor_units('split.share_minor', 'cut.minor_unit_exponent') }} as share_amount,
        split.stated_amount as obligation_amount,
        sum(cut.amount) over (
            partition by cut.obligation_id, cut.pool_from_ordinal order by cut.from_date, cut.line_id
            rows between unbounded preceding and current row
        ) as stated_so_far
    from cut
    inner join split
        on split.obligation_id = cut.obligation_id
        and split.pool_from_ordinal = cut.pool_from_ordinal
),

pooled as (
    select
        * exclude (pool_from_ordinal, pool_to_ordinal, share_amount, obligation_amount, stated_so_far)
        replace (
            pool_from_ordinal as known_from_ordinal,
            pool_to_ordinal as known_to_ordinal
        ),
        contract_id as pool_id,
        case
            when obligation_amount = 0 then cast(share_amount as decimal(38, 18))
            else
                {{ wide_share_of('cast(share_amount as decimal(38, 18))', millionths('stated_so_far'), millionths('obligation_amount')) }}
                - {{ wide_share_of('cast(share_amount as decimal(38, 18))', millionths('stated_so_far - amount'), millionths('obligation_amount')) }}
        end as allocated_amount
    from placed
),

alone as (
    select
        fees.*,
        case when fees.pattern = 'point_in_time' then fees.line_id else fees.obligation_id end as pool_id,
        cast(fees.amount as decimal(38, 18)) as allocated_amount
    from fees
    left join pooled
        on pooled.line_id = fees.line_id
        and pooled.segment_number = fees.segment_number
        and pooled.known_from_ordinal >= fees.known_from_ordinal
        and pooled.known_from_ordinal < fees.known_to_ordinal
    where pooled.line_id is null
),

int_fees__allocated as (
    select
        * exclude (amount, minor_unit_exponent),
        amount as stated_amount
    from (
        select * from pooled
        union all by name
        select * from alone
    ) as united
)

select * from int_fees__allocated
