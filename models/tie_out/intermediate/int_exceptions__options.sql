-- One row per option whose worth is not known, usage line whose cheaper tiers may be an option, per option whose renewals are not deferred, and per election on options that is not applied.
with

first_terms as (
    select * from {{ ref('fct_options') }}
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

not_estimated as (
    select
        'MISSING_ESTIMATE' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        line_id as subject,
        standalone_amount as amount,
        currency,
        case
            when measure = 'set_up' then 'Nobody estimated how often the customer will renew (option_exercise): the set-up fee is earned over the first interval.'
            when rule_code = 'D9.NO_ESTIMATE' then 'Nobody estimated how often the customer will renew (option_exercise): nothing is deferred for renewals, the fees are earned over the term agreed.'
            else 'Nobody estimated whether the option will be exercised (option_exercise) when it was agreed: it is deferred as if it certainly will be.'
        end as message
    from first_terms
    where
        estimate_id is null
        and (outcome = 'MATERIAL_RIGHT' or rule_code = 'D9.NO_ESTIMATE')
),

not_priced as (
    select
        'NO_SSP' as exception_code,
        'block' as severity,
        entity_id,
        contract_id,
        line_id as subject,
        cast(null as decimal(38, 18)) as amount,
        currency,
        'No standalone selling price says what the option is worth: it is treated as no right until one is known.' as message
    from first_terms
    where rule_code = 'D9.NO_SSP'
),

-- Renewals are looked through by time: beside work that is measured otherwise nothing of its price is left for them.
not_looked_through as (
    select
        'RENEWALS_NOT_DEFERRED' as exception_code,
        'block' as severity,
        first_terms.entity_id,
        first_terms.contract_id,
        first_terms.line_id as subject,
        cast(first_terms.renewal_amount as decimal(38, 18)) as amount,
        first_terms.currency,
        'The renewals of work that is measured by ' || coalesce(min(lines.progress_measure), 'what is reported') || ' are looked through by time alone: nothing is deferred for the share of the work that they are. The amount is the price of one renewal.' as message
    from first_terms
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.contract_id = first_terms.contract_id
        and lines.product_id = first_terms.renewed_product_id
        and lines.pattern = 'progress'
    where
        first_terms.measure = 'look_through'
        and first_terms.expected_value > 0
    group by first_terms.entity_id, first_terms.contract_id, first_terms.line_id, first_terms.renewal_amount, first_terms.currency
),

-- A purchase in a contract of its own is no event of the contract that granted the right.
exercised_apart as (
    select
        'ELECTION_NOT_APPLIED' as exception_code,
        'warn' as severity,
        exercises.entity_id,
        exercises.contract_id,
        exercises.election_id || ' / ' || exercises.line_id as subject,
        cast(null as decimal(38, 18)) as amount,
        first_terms.currency,
        'The exercise is no event of the contract that granted the right: it continues that contract (option_exercise). State it as a line of contract '
        || exercises.option_contract_id || ' that cites an event, or elect continuation for it.' as message
    from {{ ref('fct_option_exercises') }} as exercises
    inner join first_terms
        on first_terms.line_id = exercises.option_line_id
        and first_terms.outcome = 'MATERIAL_RIGHT'
        and first_terms.measure = 'ssp'
    where
        exercises.elected_treatment = 'modification'
        and (exercises.contract_event_id is null or exercises.contract_id <> exercises.option_contract_id)
),

-- Where each use is an optional purchase, a cheaper tier earned by those before may be a material right (D9; 55-42, IFRS 15.B40).
tiered as (
    select
        lines.line_id,
        lines.contract_id,
        lines.customer_id,
        lines.product_id,
        lines.entity_id,
        lines.currency
    from {{ ref('dim_obligation_lines') }} as lines
    where lines.line_id in (
        select rates.line_id from {{ ref('fct_usage_rates') }} as rates
        where {{ is_averaged('rates.not_eligible_reason') }}
    )
),

elected as (
    {{ elections_of(['usage_nature'], 'tiered', 'line_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id',
    }) }}
),

nearest as (
    select *
    from elected
    where replaced_ordinal = 999999
    qualify row_number() over (partition by line_id order by {{ nearest_election('elected') }}) = 1
),

charged as (
    select
        line_id,
        sum(charged_amount) as amount
    from {{ ref('fct_rated_usage') }}
    group by line_id
),

tiers_not_assessed as (
    select
        'TIERS_NOT_ASSESSED' as exception_code,
        'warn' as severity,
        tiered.entity_id,
        tiered.contract_id,
        tiered.line_id as subject,
        cast(charged.amount as decimal(38, 18)) as amount,
        tiered.currency,
        'Use is elected as optional purchases and its price falls with what was bought before: assess whether the cheaper tiers are a material right. Nothing is deferred for one; units earn the average price of the window, as variable consideration. The amount is what was charged.' as message
    from tiered
    inner join nearest
        on nearest.line_id = tiered.line_id
        and nearest.choice = 'optional_purchase'
    left join charged on charged.line_id = tiered.line_id
),

int_exceptions__options as (
    select * from not_estimated
    union all
    select * from not_priced
    union all
    select * from not_looked_through
    union all
    select * from exercised_apart
    union all
    select * from tiers_not_assessed
)

select * from int_exceptions__options
