-- One row per option line and version of its terms: all that the judgement on it sees, what was elected among it.
--
-- As known when the agreement became a contract: neither price nor likelihood is measured again.
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

int_options__described as (
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
)

select * from int_options__described
