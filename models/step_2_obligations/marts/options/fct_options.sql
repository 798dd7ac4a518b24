-- One row per option line and version of its terms: whether it is a material right, and what it is worth (D9; ASC 606-10-55-41..45, IFRS 15.B39..B43).
--
-- The rules of D9 in their order; an election overrides the answer, not the measurement. Everything is
-- seen as it was known when the option was: neither its price nor its likelihood is measured again.
with

options as (
    select * from {{ ref('int_options__values') }}
),

elections as (
    {{ elections_of(
        ['material_right', 'renewal_option', 'material_right_threshold'], 'options', 'line_id',
        {'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'customer_class': 'customer_class', 'jurisdiction': 'jurisdiction', 'entity': 'entity_id'},
    ) }}
),

elected as (
    select
        options.line_id,
        options.known_from_ordinal,
        elections.topic,
        elections.choice,
        elections.value,
        elections.election_id
    from options
    inner join elections
        on elections.line_id = options.line_id
        and elections.book = '*'
        and elections.known_ordinal <= options.inception_ordinal
        and elections.replaced_ordinal > options.inception_ordinal
    qualify row_number() over (
        partition by options.line_id, options.known_from_ordinal, elections.topic
        order by {{ nearest_election('elections') }}
    ) = 1
),

prices as (
    select
        line_id,
        sum(stated_amount) as stated_price
    from {{ ref('int_options__fees') }}
    group by line_id
),

described as (
    select
        options.*,
        coalesce(prices.stated_price, 0) as stated_price,
        expectations.estimate_id,
        -- nobody said how likely: the whole value is deferred, which is the cautious answer
        coalesce(expectations.value_unit, 'rate') as value_unit,
        coalesce(expectations.expected_value, 1) as expected_value,
        renewals.renewed_product_id,
        renewals.initial_to_date,
        renewals.initial_months,
        renewals.renewal_months,
        renewals.initial_amount,
        renewals.renewal_amount,
        coalesce(renewals.names_what_it_renews or expectations.value_unit = 'units', false) as renews,
        renewals.set_up_amount,
        rights.choice as elected_right,
        measures.choice as elected_measure,
        coalesce(thresholds.value, cast(topics.default_choice as decimal(38, 9))) as threshold,
        coalesce(case when rights.choice <> 'computed' then rights.election_id end, case when measures.choice <> 'computed' then measures.election_id end, thresholds.election_id) as election_id
    from options
    inner join {{ ref('policy_topics') }} as topics on topics.topic = 'material_right_threshold'
    left join prices on prices.line_id = options.line_id
    left join {{ ref('fct_option_expectations') }} as expectations
        on expectations.line_id = options.line_id
        and expectations.known_from_ordinal <= options.inception_ordinal
        and expectations.known_to_ordinal > options.inception_ordinal
        and expectations.estimate_id is not null
    left join {{ ref('int_options__renewals') }} as renewals
        on renewals.line_id = options.line_id
        and renewals.known_from_ordinal = options.known_from_ordinal
    left join elected as rights
        on rights.line_id = options.line_id
        and rights.known_from_ordinal = options.known_from_ordinal
        and rights.topic = 'material_right'
    left join elected as measures
        on measures.line_id = options.line_id
        and measures.known_from_ordinal = options.known_from_ordinal
        and measures.topic = 'renewal_option'
    left join elected as thresholds
        on thresholds.line_id = options.line_id
        and thresholds.known_from_ordinal = options.known_from_ordinal
        and thresholds.topic = 'material_right_threshold'
),

-- Renewals of similar goods at agreed terms may be looked through: the goods expected, for the
-- consideration expected (ASC 606-10-55-45, IFRS 15.B43). Computed, where their number is expected.
measured as (
    select
        *,
        coalesce(set_up_amount > stated_price * cast(threshold as decimal(9, 9)), false) as waives_significant_fee,
        case
            when renewed_product_id is null then 'ssp'
            when elected_measure in ('look_through', 'ssp') then elected_measure
            when renews and (value_unit = 'units' or set_up_amount > stated_price * cast(threshold as decimal(9, 9))) then 'look_through'
            else 'ssp'
        end as measure
    from described
),

worth as (
    select
        *,
        case
            -- (initial price + expected renewals) spread evenly over both leaves this for the renewals
            when measure = 'look_through'
                then {{ share_of('cast(initial_amount * renewal_months - renewal_amount * initial_months as decimal(38, 18))', millionths('expected_value'), 'initial_months * 1000000 + renewal_months * ' ~ millionths('expected_value')) }}
            when value_unit = 'rate'
                then {{ share_of('value_as_exercised', 'cast(expected_value * 1000000000 as ' ~ wide_integer() ~ ')', '1000000000') }}
            else {{ share_of('value_as_exercised', millionths('expected_value'), '1000000') }}
        end as standalone_amount
    from measured
),

judged as (
    select
        *,
        case
            when elected_right in ('material_right', 'marketing_offer', 'no_right') then upper(elected_right)
            when measure = 'look_through' and estimate_id is null and coalesce(elected_measure, 'computed') <> 'look_through' then 'MARKETING_OFFER'
            when standalone_amount > 0 and measure = 'look_through' and waives_significant_fee then 'MATERIAL_RIGHT'
            when standalone_amount > stated_price * cast(threshold as decimal(9, 9)) then 'MATERIAL_RIGHT'
            else 'MARKETING_OFFER'
        end as outcome,
        case
            when elected_right in ('material_right', 'marketing_offer', 'no_right') then 'D9.ELECTED'
            when standalone_amount is null then 'D9.NO_SSP'
            when standalone_amount <= 0 then 'D9.AT_SSP'
            -- of renewals that nobody expects nothing can be looked through
            when measure = 'look_through' and estimate_id is null and coalesce(elected_measure, 'computed') <> 'look_through' then 'D9.NO_ESTIMATE'
            when measure = 'look_through' and waives_significant_fee then 'D9.WAIVED_FEE'
            when standalone_amount <= stated_price * cast(threshold as decimal(9, 9)) then 'D9.NOT_SIGNIFICANT'
            when measure = 'look_through' then 'D9.LOOK_THROUGH'
            else 'D9.INCREMENTAL'
        end as rule_code
    from worth
),

fct_options as (
    select
        line_id,
        contract_id,
        entity_id,
        customer_id,
        product_id,
        currency,
        contract_id || ':' || line_id || ':option' as obligation_id,
        -- an elected right that nothing prices would be a right worth nothing
        case when outcome = 'MATERIAL_RIGHT' and coalesce(standalone_amount, 0) <= 0 then 'MARKETING_OFFER' else outcome end as outcome,
        rule_code,
        measure,
        election_id,
        estimate_id,
        known_from_ordinal,
        known_to_ordinal,
        cast(inception_ordinal as integer) as inception_ordinal,
        from_at,
        to_at,
        quantity,
        amount_interval,
        value_unit,
        expected_value,
        renewed_product_id,
        initial_to_date,
        initial_months,
        renewal_months,
        renewal_amount,
        cast(stated_price as decimal(38, 9)) as stated_price,
        cast(value_as_exercised as decimal(38, 18)) as value_as_exercised,
        cast(coalesce(standalone_amount, 0) as decimal(38, 18)) as standalone_amount,
        cast(threshold as decimal(38, 9)) as threshold
    from judged
)

select * from fct_options
