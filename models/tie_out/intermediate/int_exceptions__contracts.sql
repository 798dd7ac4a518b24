-- One row per doubt about what is a contract, and with what it is one.
with

contracts as (
    select * from {{ ref('dim_contracts') }}
),

-- A report of failing credit reopens the question of collection: somebody has to answer it.
not_assessed as (
    select
        'CREDIT_NOT_ASSESSED' as exception_code,
        'warn' as severity,
        contracts.entity_id,
        contracts.contract_id,
        events.contract_event_id as subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        'The customer got into difficulty and no estimate of collection was made since: collection is taken as before.' as message
    from {{ accepted(ref('stg_contract_events')) }} as events
    inner join contracts on contracts.contract_id = events.contract_id
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = contracts.customer_id
    left join {{ accepted(ref('stg_estimates')) }} as estimates
        on estimates.kind = 'collectability'
        and estimates.known_until_at is null
        and estimates.as_of_date >= cast(events.effective_at as date)
        and (
            estimates.scope_type = 'global'
            or estimates.scope_type = 'entity' and estimates.scope_id = contracts.entity_id
            or estimates.scope_type = 'customer_class' and estimates.scope_id = customers.customer_class
            or estimates.scope_type = 'customer' and estimates.scope_id = contracts.customer_id
            or estimates.scope_type = 'contract' and estimates.scope_id = contracts.contract_id
        )
    where
        events.event_kind = 'credit_deterioration'
        and events.known_until_at is null
        and estimates.estimate_id is null
),

lost as (
    select
        'CONTRACT_LOST' as exception_code,
        'warn' as severity,
        losses.entity_id,
        losses.contract_id,
        losses.contract_id as subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        'Collection became too doubtful for a contract (' || losses.book_scope || '): what was earned stands, nothing more is earned until it qualifies again.' as message
    from {{ ref('fct_contract_losses') }} as losses
    inner join contracts on contracts.contract_id = losses.contract_id
    where losses.regained_ordinal = 999999
),

combinations as (
    select
        case judgements.rule_code when 'D1.COMBINE_TO_ASSESS' then 'COMBINATION_TO_ASSESS' else 'COMBINATION_NOT_APPLIED' end as exception_code,
        'warn' as severity,
        judgements.entity_id,
        judgements.subject as contract_id,
        judgements.subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        case judgements.rule_code
            when 'D1.COMBINE_TO_ASSESS' then 'Agreed near the same time with the same customer, on the same document: assess whether they are one contract. Until then they stand apart.'
            when 'D1.SEPARATE_OTHER_CUSTOMER' then 'Stated to be one package with an agreement of another customer, who is not related: they stand apart.'
            when 'D1.SEPARATE_OTHER_CURRENCY' then 'Stated to be one package with an agreement in another currency: they stand apart.'
            else 'Stated to be one package with an agreement that was not made near the same time: they stand apart.'
        end || ' ' || judgements.inputs_seen as message
    from {{ ref('fct_term_judgements') }} as judgements
    inner join contracts on contracts.contract_id = judgements.subject
    where
        judgements.rule_code in (
            'D1.COMBINE_TO_ASSESS', 'D1.SEPARATE_OTHER_CUSTOMER', 'D1.SEPARATE_OTHER_CURRENCY', 'D1.SEPARATE_LATER'
        )
),

duplicates as (
    select
        'DUPLICATE_SIGN_UP' as exception_code,
        'warn' as severity,
        duplicates.entity_id,
        duplicates.contract_id,
        duplicates.contract_id as subject,
        cast(null as decimal(38, 9)) as amount,
        contracts.currency,
        'It repeats ' || duplicates.original_contract_id || ', with the same terms: '
        || case
            when duplicates.is_provably_same
                then 'an agent bought the same twice under one mandate, so it is not counted again, and its use is use of the first.'
            else 'both count.'
        end as message
    from {{ ref('fct_duplicate_sign_ups') }} as duplicates
    inner join contracts on contracts.contract_id = duplicates.contract_id
),

beyond_mandates as (
    select
        'AUTHORITY_EXCEEDED' as exception_code,
        'warn' as severity,
        beyond.entity_id,
        beyond.contract_id,
        beyond.contract_id as subject,
        cast(max(beyond.amount) as decimal(38, 9)) as amount,
        contracts.currency,
        'The agent spent more than its mandate allows: the excess earns nothing and is not owed until its principal ratifies it.' as message
    from (
        select
            book_scope,
            entity_id,
            contract_id,
            sum(amount) as amount
        from {{ ref('fct_spend_beyond_mandates') }}
        where not is_after_as_of
        group by book_scope, entity_id, contract_id
    ) as beyond
    inner join contracts on contracts.contract_id = beyond.contract_id
    where beyond.amount > 0
    group by beyond.entity_id, beyond.contract_id, contracts.currency
),

int_exceptions__contracts as (
    select * from not_assessed
    union all
    select * from lost
    union all
    select * from combinations
    union all
    select * from duplicates
    union all
    select * from beyond_mandates
)

select * from int_exceptions__contracts
