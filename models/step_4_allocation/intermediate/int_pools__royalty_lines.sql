-- One row per royalty line of a contract that may share its price and whose licence has a line of its own: the obligation of that licence.
with

lines as (
    select * from {{ ref('dim_obligation_lines') }}
    where added_by_event_id is null
),

int_pools__royalty_lines as (
    select
        royalties.line_id,
        royalties.obligation_id,
        royalties.contract_id,
        min(licences.obligation_id) as licence_obligation_id
    from lines as royalties
    inner join lines as licences
        on licences.contract_id = royalties.contract_id
        and licences.product_id = royalties.product_id
        and licences.pattern in ('licence', 'licence_access')
    where
        royalties.pattern = 'usage_as_rated'
        and royalties.component = 'licence'
        and royalties.contract_id in (select pools.contract_id from {{ ref('int_pools') }} as pools)
    group by 1, 2, 3
)

select * from int_pools__royalty_lines
