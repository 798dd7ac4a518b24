-- One row per agreement that names a package or came near another of the same customer: is it one contract with it (D1; ASC 606-10-25-9, IFRS 15.17)?
--
-- Tested: same customer or related, same entity, near the same time, and an indicator that they
-- were negotiated as one. The first of them known is the anchor, and gives the group its name.
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
        elections.election_id
    from agreed
    inner join elections
        on elections.contract_id = agreed.contract_id
        and elections.known_ordinal <= agreed.approval_ordinal
        and elections.replaced_ordinal > agreed.approval_ordinal
    qualify row_number() over (
        partition by agreed.contract_id, elections.topic order by {{ nearest_election('elections') }}
    ) = 1
),

windows as (
    select
        agreed.*,
        coalesce(days.value, cast(topics.default_choice as decimal(38, 9))) as window_days,
        nullif(choices.choice, 'computed') as choice,
        case when choices.choice <> 'computed' then choices.election_id end as election_id
    from agreed
    inner join {{ ref('policy_topics') }} as topics on topics.topic = 'combination_window_days'
    left join elected as days
        on days.contract_id = agreed.contract_id
        and days.topic = 'combination_window_days'
    left join elected as choices
        on choices.contract_id = agreed.contract_id
        and choices.topic = 'combination'
),

-- Those that name a package are compared with the first that named it.
stated as (
    select
        windows.*,
        first_value(contract_id) over in_order as anchor_id
    from windows
    where combination_group_id is not null
    window in_order as (partition by entity_id, combination_group_id order by approval_ordinal, recorded_at, contract_id)
),

-- The others with the one before it; a chain of near ones has one anchor.
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

compared as (
    select * from stated
    union all
    select * from chained
),

tested as (
    select
        compared.*,
        anchors.group_customer_id <> compared.group_customer_id as is_other_customer,
        anchors.currency <> compared.currency as is_other_currency,
        abs({{ days_between('anchors.approved_at', 'compared.approved_at') }}) as days_apart,
        coalesce(anchors.own_document = compared.own_document, false) as is_one_document,
        greatest(compared.approval_ordinal, anchors.approval_ordinal) as as_of_ordinal,
        count(*) over (partition by compared.entity_id, compared.anchor_id) as member_count
    from compared
    inner join agreed as anchors on anchors.contract_id = compared.anchor_id
),

ruled as (
    select
        *,
        case
            when is_other_customer then 'D1.SEPARATE_OTHER_CUSTOMER'
            when is_other_currency then 'D1.SEPARATE_OTHER_CURRENCY'
            when choice = 'separate' then 'D1.SEPARATE_ELECTED'
            when combination_group_id is not null and days_apart > window_days and coalesce(choice, '') <> 'combine' then 'D1.SEPARATE_LATER'
            when choice = 'combine' then 'D1.COMBINE_ELECTED'
            when combination_group_id is not null then 'D1.COMBINE_ONE_PACKAGE'
            when is_one_document then 'D1.COMBINE_TO_ASSESS'
            else 'D1.SEPARATE_NO_INDICATOR'
        end as rule_code
    from tested
    where member_count > 1
),

combined as (
    select
        *,
        contract_id = anchor_id as is_anchor,
        coalesce(contract_id <> anchor_id and rule_code in ('D1.COMBINE_ELECTED', 'D1.COMBINE_ONE_PACKAGE'), false) as joins_anchor
    from ruled
),

-- The first one is combined since another was.
int_contracts__combinations as (
    select
        contract_id,
        entity_id,
        currency,
        anchor_id,
        joins_anchor or is_anchor and bool_or(joins_anchor) over anchored as is_combined,
        case
            when not is_anchor then rule_code
            when bool_or(joins_anchor) over anchored then 'D1.COMBINE_FIRST'
            else 'D1.SEPARATE_FIRST'
        end as rule_code,
        case
            when not is_anchor then as_of_ordinal
            else coalesce(
                min(case when joins_anchor then as_of_ordinal end) over anchored,
                min(case when not is_anchor then as_of_ordinal end) over anchored
            )
        end as as_of_ordinal,
        'first=' || anchor_id
        || '; days_apart=' || cast(days_apart as varchar) || ' of ' || cast(cast(window_days as integer) as varchar)
        || '; package=' || coalesce(combination_group_id, 'none stated')
        || '; one_document=' || cast(is_one_document as varchar) as inputs_seen,
        election_id
    from combined
    window anchored as (partition by entity_id, anchor_id)
)

select * from int_contracts__combinations
