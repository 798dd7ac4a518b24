-- One row per wallet: what decides the order in which they are drawn (election `credit_draw_order`, D8).
--
-- The order is a term of the contract, in a pool that of its first lot, so the election that the first close of its first lot knew
-- holds; a later one would rewrite closed periods.
with

-- The contract and the product that sold the first lot stand for the wallet.
sold as (
    select
        lots.wallet_id,
        lots.contract_id,
        contracts.entity_id,
        contracts.customer_id,
        lines.product_id,
        min(lots.known_from_ordinal) over (partition by lots.wallet_id) as known_ordinal
    from {{ ref('fct_credit_lots') }} as lots
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lots.contract_id
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    where lots.version_number = 1
    qualify row_number() over (
        partition by lots.wallet_id
        order by case when lines.product_id is null then 1 else 0 end, lots.known_from_ordinal, lots.granted_at, lots.grant_id
    ) = 1
),

elected as (
    {{ elections_of(['credit_draw_order'], 'sold', 'contract_id', {
        'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id',
    }) }}
),

int_wallet_orders as (
    select
        sold.wallet_id,
        sold.contract_id,
        sold.entity_id,
        cast(sold.known_ordinal as integer) as known_ordinal,
        coalesce(elected.choice, 'kind_priority') as draw_order,
        elected.election_id
    from sold
    left join elected
        on elected.contract_id = sold.contract_id
        and elected.known_ordinal <= sold.known_ordinal
        and elected.replaced_ordinal > sold.known_ordinal
    qualify row_number() over (partition by sold.contract_id order by {{ nearest_election('elected') }}) = 1
)

select * from int_wallet_orders
