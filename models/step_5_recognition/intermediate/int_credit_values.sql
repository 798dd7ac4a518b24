-- One row per set of books, lot, what took its units, usage line segment, service period and revision: what that knowledge changed in units and in their price.
--
-- A lot that was bought has the price it was bought at, and what the allocation adds to it; credits that share the price of their plan have what is
-- allocated to their interval. Both keep it once they are carried over: units x price, both by deltas of knowledge, apart from the rows of their units. Columns and signs are those of
-- fct_credit_draws.
with

draws as (
    select * from {{ ref('fct_credit_draws') }}
),

prices as (
    select
        prices.* exclude (grant_id, amount),
        grants.grant_id
    from {{ ref('int_lot_prices') }} as prices
    inner join {{ ref('fct_credit_grants') }} as grants on coalesce(grants.root_grant_id, grants.grant_id) = prices.grant_id
),

priced as (
    select
        prices.book_scope,
        draws.* exclude (root_units) replace (
            cast(0 as decimal(38, 18)) as units,
            greatest(draws.revision, prices.revision) as revision,
            {{ share_at_ratio('draws.root_units') }} as amount
        )
    from draws
    inner join prices on prices.grant_id = draws.grant_id
),

int_credit_values as (
    select
        'both' as book_scope,
        draws.* exclude (root_units)
    from draws

    union all by name

    select
        * exclude (amount),
        cast(sum(amount) as decimal(38, 18)) as amount
    from priced
    group by all
    having abs(sum(amount)) >= 0.00000000000000001
)

select * from int_credit_values
