-- One row per contract whose price may have to be spread: lines that are price only, or fees that are not standalone selling prices (D10).
--
-- Of every other contract each price stays where it is stated: nothing is computed for it here.
with

lines as (
    select * from {{ ref('dim_obligation_lines') }}
),

candidates as (
    select contract_id from lines
    where pattern = 'price_only'

    union

    select contract_id from {{ ref('fct_line_selling_prices') }}
    where
        contract_event_id is null
        and not is_at_ssp

    union

    -- what is promised for nothing has a standalone selling price all the same
    select contract_id from {{ ref('fct_fee_intervals') }}
    where
        amount = 0
        and segment_number = 0
        and pattern not in ('price_only', 'material_right')

    union

    -- a material right shares in the price
    select contract_id from {{ ref('fct_options') }}
    where
        outcome = 'MATERIAL_RIGHT'
        and measure = 'ssp'
),

counted as (
    select
        lines.contract_id,
        min(lines.entity_id) as entity_id,
        min(lines.customer_id) as customer_id,
        min(lines.currency) as currency,
        min(lines.minor_unit_exponent) as minor_unit_exponent,
        count(distinct case when lines.pattern not in ('usage_as_rated', 'price_only', 'prepaid_units', 'prepaid_refundable') then lines.obligation_id end) as fee_obligations,
        count(distinct case when lines.pattern = 'usage_as_rated' then lines.obligation_id end) as usage_obligations,
        count(case when lines.pattern = 'usage_as_rated' then 1 end) as usage_lines,
        count(distinct case when lines.pattern in ('prepaid_units', 'prepaid_refundable') then lines.obligation_id end) as prepaid_obligations,
        bool_or(lines.pattern = 'price_only') as has_price_lines
    from lines
    inner join candidates on candidates.contract_id = lines.contract_id
    group by lines.contract_id
),

-- Between the fees of one promise nothing moves.
spread as (
    select
        counted.*,
        first_known.first_ordinal,
        greatest(first_known.first_ordinal, coalesce(agreed.period_ordinal, 0)) as decided_ordinal
    from counted
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = counted.contract_id
    {{ join_period_of('agreed', 'counted.entity_id', 'coalesce(contracts.signed_at, contracts.effective_from)') }}
    inner join (
        select
            contract_id,
            min(known_from_ordinal) as first_ordinal
        from {{ ref('fct_fee_intervals') }}
        where contract_id in (select contract_id from counted)
        group by contract_id
    ) as first_known on first_known.contract_id = counted.contract_id
    where has_price_lines or fee_obligations + usage_obligations > 1
),

elected as (
    {{ elections_of(['discount_allocation', 'variable_allocation', 'bundle_discount_tolerance'], 'spread', 'contract_id', {
        'contract': 'contract_id', 'customer': 'customer_id', 'entity': 'entity_id',
    }) }}
),

-- How a price is spread is decided when the contract is agreed and known: an election of a later close would rewrite closed periods.
nearest as (
    select elected.*
    from elected
    inner join spread
        on spread.contract_id = elected.contract_id
        and spread.decided_ordinal >= elected.known_ordinal
        and spread.decided_ordinal < elected.replaced_ordinal
    qualify row_number() over (
        partition by elected.contract_id, elected.topic order by {{ nearest_election('elected') }}
    ) = 1
),

int_pools as (
    select
        spread.contract_id,
        spread.entity_id,
        spread.currency,
        spread.minor_unit_exponent,
        spread.first_ordinal,
        spread.fee_obligations,
        spread.usage_obligations,
        spread.usage_lines,
        spread.prepaid_obligations,
        spread.has_price_lines,
        coalesce(discounts.choice, 'computed') as discount_choice,
        discounts.election_id as discount_election_id,
        coalesce(variables.choice, 'computed') as variable_choice,
        variables.election_id as variable_election_id,
        coalesce(tolerances.value, cast(topics.default_choice as decimal(38, 9))) as discount_tolerance
    from spread
    inner join {{ ref('policy_topics') }} as topics on topics.topic = 'bundle_discount_tolerance'
    left join nearest as tolerances
        on tolerances.contract_id = spread.contract_id
        and tolerances.topic = 'bundle_discount_tolerance'
    left join nearest as discounts
        on discounts.contract_id = spread.contract_id
        and discounts.topic = 'discount_allocation'
    left join nearest as variables
        on variables.contract_id = spread.contract_id
        and variables.topic = 'variable_allocation'
)

select * from int_pools
