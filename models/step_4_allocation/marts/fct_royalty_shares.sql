-- One row per royalty line of a pool and window of belief: whether the royalty is the price of its licence alone, and what of it is known.
--
-- It is where the other promises cost their standalone prices without it (32-40, IFRS 15.85; Example 35 case A). Where they do not, and nothing else
-- is charged for the licence, fees and royalties are shared alike (case B), each royalty as its use becomes known (55-65, IFRS 15.B63).
-- Decided as the contract is agreed and known first.
with

lines as (
    select * from {{ ref('int_pools__royalty_lines') }}
),

stated as (
    select
        stated.*,
        sum(stated.stated_amount) over in_pool as pool_amount,
        sum(case when licences.licence_obligation_id is null then stated.standalone_amount else 0 end) over in_pool as others_standalone_amount
    from {{ ref('int_pools__stated') }} as stated
    left join (select distinct licence_obligation_id from lines) as licences on licences.licence_obligation_id = stated.obligation_id
    where stated.pool_id in (select pools.agreement_id from {{ ref('int_pools') }} as pools where pools.contract_id in (select royalties.contract_id from lines as royalties))
    window in_pool as (partition by stated.pool_id, stated.window_from_ordinal)
),

decided as (
    select
        stated.pool_id,
        stated.obligation_id,
        stated.fee_amount,
        case pools.variable_choice
            when 'proportional' then true
            when 'specific' then false
            else stated.fee_amount = 0 and stated.standalone_amount > 0 and stated.pool_amount <> stated.others_standalone_amount
        end as is_spread
    from stated
    inner join {{ ref('int_pools') }} as pools on pools.contract_id = stated.contract_id
    qualify row_number() over (partition by stated.pool_id, stated.obligation_id order by stated.window_from_ordinal) = 1
),

rated as (
    select
        line_id,
        cast({{ int_div('revision', '10') }} as integer) as known_ordinal,
        sum(amount) as amount
    from {{ ref('fct_rated_usage') }}
    where line_id in (select line_id from lines)
    group by 1, 2
),

fct_royalty_shares as (
    select
        stated.pool_id,
        lines.contract_id,
        lines.line_id,
        lines.obligation_id,
        lines.licence_obligation_id,
        cast(stated.window_from_ordinal as integer) as known_from_ordinal,
        cast(stated.window_to_ordinal as integer) as known_to_ordinal,
        decided.is_spread,
        not decided.is_spread and decided.fee_amount = 0 as is_priced_by_use,
        cast(coalesce(sum(rated.amount), 0) as decimal(38, 18)) as royalty_amount
    from stated
    inner join lines on lines.licence_obligation_id = stated.obligation_id
    inner join decided
        on decided.pool_id = stated.pool_id
        and decided.obligation_id = stated.obligation_id
    left join rated
        on rated.line_id = lines.line_id
        and rated.known_ordinal <= stated.window_from_ordinal
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
)

select * from fct_royalty_shares
