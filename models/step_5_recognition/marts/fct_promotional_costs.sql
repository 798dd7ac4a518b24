-- One row per free lot, promise that its use is of, cause, known period and service period: what serving that use cost, and what is reported of it.
--
-- A cost of marketing and never less revenue (D8). Whole minor units come from one cumulative chain in posting order.
with

costed as (
    select * from {{ ref('int_promotional_costs') }}
),

-- As with its treatment, what the first close of the lot knew decides.
lots as (
    select * from {{ ref('fct_credit_grants') }}
    where grant_id in (select costed.grant_id from costed)
),

elected as (
    {{ elections_of(['promotional_cost'], 'lots', 'grant_id', {
        'grant': 'grant_id', 'contract': 'contract_id', 'customer': 'customer_id', 'grant_kind': 'grant_kind', 'entity': 'entity_id',
    }) }}
),

elections as (
    select
        elected.grant_id,
        elected.choice,
        elected.election_id
    from elected
    inner join lots on lots.grant_id = elected.grant_id
    where
        elected.known_ordinal <= lots.known_ordinal
        and elected.replaced_ordinal > lots.known_ordinal
    qualify row_number() over (partition by elected.grant_id order by {{ nearest_election('elected') }}) = 1
),

chained as (
    select
        costed.*,
        greatest(costed.known_ordinal, costed.service_ordinal) as period_ordinal,
        {{ round_to_minor_unit('coalesce(sum(costed.amount) over in_order, 0)', 'costed.minor_unit_exponent') }} as rounded_to_date
    from costed
    window in_order as (
        partition by costed.grant_id, costed.obligation_id
        order by greatest(costed.known_ordinal, costed.service_ordinal), costed.service_ordinal, costed.known_ordinal, costed.cause_family
        rows between unbounded preceding and current row
    )
),

fct_promotional_costs as (
    select
        chained.grant_id,
        chained.grant_kind,
        chained.contract_id,
        chained.customer_id,
        chained.entity_id,
        chained.obligation_id,
        chained.product_id,
        causes.cause_code,
        chained.known_ordinal,
        cast(chained.service_ordinal as integer) as service_ordinal,
        cast(chained.period_ordinal as integer) as period_ordinal,
        periods.period_id,
        chained.estimate_id,
        cast(chained.quantity as decimal(38, 9)) as quantity,
        chained.currency,
        cast(chained.amount as decimal(38, 18)) as amount,
        cast(chained.rounded_to_date - coalesce(lag(chained.rounded_to_date) over (
            partition by chained.grant_id, chained.obligation_id
            order by chained.period_ordinal, chained.service_ordinal, chained.known_ordinal, chained.cause_family
        ), 0) as decimal(38, 4)) as reported_amount,
        coalesce(elections.choice, 'statistical') as cost_treatment,
        elections.election_id
    from chained
    inner join {{ ref('cause_codes') }} as causes on causes.cause_family = chained.cause_family
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = chained.entity_id
        and periods.period_ordinal = chained.period_ordinal
    left join elections on elections.grant_id = chained.grant_id
)

select * from fct_promotional_costs
