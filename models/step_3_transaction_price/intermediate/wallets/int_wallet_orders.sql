-- One row per wallet: what decides the order in which its lots are drawn (election `credit_draw_order`, D8), whose draws count (`draw_source`), and whether use may go beyond them (`overdraft`).
--
-- They are terms of the contract, in a pool of that of its first lot, so the election that the first close of its first lot knew
-- holds; a later one would rewrite closed periods. Draws of the vendor count where the lots pay for what no meter sees, or are credits:
-- use charged in money is told by its own draws how much of it lots pay for.
with

-- Of lots that another contract sold, and that were transferred, the contract whose use draws them.
first_contracts as (
    select
        wallet_id,
        min(contract_id) as contract_id
    from {{ ref('fct_contract_wallets') }}
    group by wallet_id
),

-- The contract and the product that sold the first lot stand for the wallet.
sold as (
    select
        lots.wallet_id,
        contracts.contract_id,
        case when contracts.contract_id = lots.contract_id then lots.line_id end as line_id,
        lots.grant_kind,
        lots.unit_code = contracts.currency as holds_money,
        contracts.entity_id,
        contracts.customer_id,
        lines.product_id,
        min(lots.known_from_ordinal) over (partition by lots.wallet_id) as known_ordinal
    from {{ ref('fct_credit_lots') }} as lots
    left join {{ ref('fct_contract_wallets') }} as sellers
        on sellers.contract_id = lots.contract_id
        and sellers.wallet_id = lots.wallet_id
    inner join first_contracts on first_contracts.wallet_id = lots.wallet_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = coalesce(sellers.contract_id, first_contracts.contract_id)
    left join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = lots.line_id
        and lines.contract_id = contracts.contract_id
    where lots.version_number = 1
    qualify row_number() over (
        partition by lots.wallet_id
        order by case when lines.product_id is null then 1 else 0 end, lots.known_from_ordinal, lots.granted_at, lots.grant_id
    ) = 1
),

elected as (
    {{ elections_of(['credit_draw_order', 'draw_source', 'overdraft'], 'sold', 'wallet_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'grant_kind': 'grant_kind',
        'entity': 'entity_id',
    }) }}
),

chosen as (
    select
        elected.wallet_id,
        elected.topic,
        elected.choice,
        elected.election_id
    from elected
    inner join sold on sold.wallet_id = elected.wallet_id
    where
        elected.known_ordinal <= sold.known_ordinal
        and elected.replaced_ordinal > sold.known_ordinal
    qualify row_number() over (partition by elected.wallet_id, elected.topic order by {{ nearest_election('elected') }}) = 1
),

metered as (
    select distinct sold.wallet_id
    from sold
    inner join {{ ref('fct_contract_wallets') }} as contracts on contracts.wallet_id = sold.wallet_id
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.contract_id = contracts.contract_id
        and lines.line_kind = 'usage'
        and lines.known_ordinal <= sold.known_ordinal
    where sold.holds_money
),

int_wallet_orders as (
    select
        sold.wallet_id,
        sold.contract_id,
        sold.entity_id,
        cast(sold.known_ordinal as integer) as known_ordinal,
        coalesce(orders.choice, 'kind_priority') as draw_order,
        orders.election_id,
        case when metered.wallet_id is null then coalesce(sources.choice, 'own') else 'own' end as draw_source,
        sources.election_id as source_election_id,
        coalesce(overdrafts.choice, 'overage') as overdraft,
        overdrafts.election_id as overdraft_election_id
    from sold
    left join chosen as orders
        on orders.wallet_id = sold.wallet_id
        and orders.topic = 'credit_draw_order'
    left join chosen as sources
        on sources.wallet_id = sold.wallet_id
        and sources.topic = 'draw_source'
    left join chosen as overdrafts
        on overdrafts.wallet_id = sold.wallet_id
        and overdrafts.topic = 'overdraft'
    left join metered on metered.wallet_id = sold.wallet_id
)

select * from int_wallet_orders
