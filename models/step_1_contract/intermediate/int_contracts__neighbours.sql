-- One row per approved agreement: the one that it is to be compared with for combination (D1; ASC 606-10-25-9, IFRS 15.17).
--
-- Those that name a package are compared with the first that named it, the others with the first
-- of a chain of agreements of the same customer, entity and currency, each near the one before.
with

related as (
    select
        customers.customer_id,
        customers.customer_class,
        customers.jurisdiction,
        coalesce(parents.merged_into_customer_id, customers.merged_into_customer_id, customers.parent_customer_id, customers.customer_id) as group_customer_id
    from {{ ref('dim_customers') }} as customers
    left join {{ ref('dim_customers') }} as parents
        on parents.customer_id = coalesce(customers.merged_into_customer_id, customers.parent_customer_id)
),

agreed as (
    select
        terms.contract_id,
        terms.customer_id,
        terms.entity_id,
        terms.currency,
        terms.combination_group_id,
        -- published terms are everybody's: only a document of their own shows two agreements to be one
        case when terms.approval_kind in ('signature', 'oral') then terms.source_ref end as own_document,
        related.group_customer_id,
        related.customer_class,
        related.jurisdiction,
        approvals.approved_at,
        approvals.approval_ordinal,
        terms.recorded_at
    from {{ ref('int_contracts__first_terms') }} as terms
    inner join {{ ref('int_contracts__approvals') }} as approvals on approvals.contract_id = terms.contract_id
    inner join related on related.customer_id = terms.customer_id
),

elections as (
    {{ elections_of(
        ['combination', 'combination_window_days'], 'agreed', 'contract_id',
        {'contract': 'contract_id', 'customer': 'customer_id', 'customer_class': 'customer_class', 'jurisdiction': 'jurisdiction', 'entity': 'entity_id'},
    ) }}
),

elected as (
    select
        agreed.contract_id,
        elections.topic,
        elections.choice,
        elections.value,
        elections.election_id,
        elections.known_ordinal
    from agreed
    -- to combine may be decided later, and holds from then on; the rest was decided when it was agreed
    inner join elections
        on elections.contract_id = agreed.contract_id
        and elections.replaced_ordinal > agreed.approval_ordinal
        and (
            elections.known_ordinal <= agreed.approval_ordinal
            or elections.choice = 'combine' and elections.replaced_ordinal = 999999
        )
    qualify row_number() over (
        partition by agreed.contract_id, elections.topic order by {{ nearest_election('elections') }}
    ) = 1
),

windows as (
    select
        agreed.*,
        coalesce(days.value, cast(topics.default_choice as decimal(38, 9))) as window_days,
        nullif(choices.choice, 'computed') as choice,
        case when choices.choice <> 'computed' then choices.election_id end as election_id,
        choices.known_ordinal as elected_ordinal
    from agreed
    inner join {{ ref('policy_topics') }} as topics on topics.topic = 'combination_window_days'
    left join elected as days
        on days.contract_id = agreed.contract_id
        and days.topic = 'combination_window_days'
    left join elected as choices
        on choices.contract_id = agreed.contract_id
        and choices.topic = 'combination'
),

stated as (
    select
        windows.*,
        first_value(contract_id) over in_order as anchor_id
    from windows
    where combination_group_id is not null
    window in_order as (partition by entity_id, combination_group_id order by approval_ordinal, recorded_at, contract_id)
),

spaced as (
    select
        windows.*,
        lag(approved_at) over in_order as earlier_at
    from windows
    where combination_group_id is null
    window in_order as (partition by entity_id, group_customer_id, currency order by approved_at, contract_id)
),

chains as (
    select
        *,
        sum(case when earlier_at is null or {{ days_between('earlier_at', 'approved_at') }} > window_days then 1 else 0 end) over (
            partition by entity_id, group_customer_id, currency order by approved_at, contract_id
        ) as chain_number
    from spaced
),

chained as (
    select
        * exclude (earlier_at, chain_number),
        first_value(contract_id) over (
            partition by entity_id, group_customer_id, currency, chain_number order by approval_ordinal, recorded_at, contract_id
        ) as anchor_id
    from chains
),

int_contracts__neighbours as (
    select * from stated
    union all
    select * from chained
)

select * from int_contracts__neighbours
