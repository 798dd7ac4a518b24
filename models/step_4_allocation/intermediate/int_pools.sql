-- One row per contract whose price may have to be spread, and the close since which it is (D10).
--
-- Of every other contract each price stays where it is stated: nothing is computed for it here.
-- Contracts combined into one are judged as one, by what was elected for the first of them.
with

lines as (
    select * from {{ ref('dim_obligation_lines') }}
),

agreements as (
    select
        contract_id,
        contract_group_id as agreement_id
    from {{ ref('dim_contracts') }}
),

members as (
    select
        members.contract_id,
        members.agreement_id,
        spread_since.from_ordinal
    from agreements as members
    inner join (
        select
            agreements.agreement_id,
            min(candidates.from_ordinal) as from_ordinal
        from agreements
        inner join {{ ref('int_pools__candidates') }} as candidates on candidates.contract_id = agreements.contract_id
        group by agreements.agreement_id
    ) as spread_since on spread_since.agreement_id = members.agreement_id
),

counted as (
    select
        members.agreement_id,
        min(lines.entity_id) as entity_id,
        min(lines.customer_id) as customer_id,
        min(lines.currency) as currency,
        min(lines.minor_unit_exponent) as minor_unit_exponent,
        count(distinct case when lines.pattern <> 'price_only' and lines.pattern not in {{ patterns_without_fees() }} then lines.obligation_id end) as fee_obligations,
        count(distinct case when lines.pattern in {{ patterns_by_count() }} then lines.obligation_id end) as usage_obligations,
        count(distinct case when lines.pattern = 'prepaid_units' then lines.obligation_id end) as prepaid_obligations,
        bool_or(lines.pattern = 'price_only') as has_price_lines
    from lines
    inner join members on members.contract_id = lines.contract_id
    group by members.agreement_id
),

-- Between the fees of one promise nothing moves.
spread as (
    select
        counted.*,
        first_known.first_ordinal,
        greatest(first_known.first_ordinal, coalesce(agreed.period_ordinal, 0)) as decided_ordinal
    from counted
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = counted.agreement_id
    {{ join_period_of('agreed', 'counted.entity_id', 'coalesce(contracts.signed_at, contracts.effective_from)') }}
    inner join (
        select
            members.agreement_id,
            min(fees.known_from_ordinal) as first_ordinal
        from {{ ref('fct_fee_intervals') }} as fees
        inner join members on members.contract_id = fees.contract_id
        group by members.agreement_id
    ) as first_known on first_known.agreement_id = counted.agreement_id
    where has_price_lines or fee_obligations + usage_obligations + prepaid_obligations > 1
),

elected as (
    {{ elections_of(['discount_allocation', 'variable_allocation', 'bundle_discount_tolerance'], 'spread', 'agreement_id', {
        'contract': 'agreement_id', 'customer': 'customer_id', 'entity': 'entity_id',
    }) }}
),

-- How a price is spread is decided when the contract is agreed and known: an election of a later close would rewrite closed periods.
nearest as (
    select elected.*
    from elected
    inner join spread
        on spread.agreement_id = elected.agreement_id
        and spread.decided_ordinal >= elected.known_ordinal
        and spread.decided_ordinal < elected.replaced_ordinal
    qualify row_number() over (
        partition by elected.agreement_id, elected.topic order by {{ nearest_election('elected') }}
    ) = 1
),

int_pools as (
    select
        members.contract_id,
        members.agreement_id,
        members.from_ordinal,
        spread.entity_id,
        spread.currency,
        spread.minor_unit_exponent,
        spread.first_ordinal,
        spread.fee_obligations,
        spread.usage_obligations,
        spread.prepaid_obligations,
        spread.has_price_lines,
        coalesce(discounts.choice, 'computed') as discount_choice,
        discounts.election_id as discount_election_id,
        coalesce(variables.choice, 'computed') as variable_choice,
        variables.election_id as variable_election_id,
        coalesce(tolerances.value, cast(topics.default_choice as decimal(38, 9))) as discount_tolerance
    from spread
    inner join members on members.agreement_id = spread.agreement_id
    inner join {{ ref('policy_topics') }} as topics on topics.topic = 'bundle_discount_tolerance'
    left join nearest as tolerances
        on tolerances.agreement_id = spread.agreement_id
        and tolerances.topic = 'bundle_discount_tolerance'
    left join nearest as discounts
        on discounts.agreement_id = spread.agreement_id
        and discounts.topic = 'discount_allocation'
    left join nearest as variables
        on variables.agreement_id = spread.agreement_id
        and variables.topic = 'variable_allocation'
)

select * from int_pools
