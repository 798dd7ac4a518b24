-- One row per line, decision and close at which its outcome changed: financing, payable to the customer, payment in kind, what is variable (D6, D15, D16).
with

financed as (
    select
        '*' as book,
        entity_id,
        line_id,
        'D15' as decision_code,
        outcome,
        case outcome
            when 'DISCOUNT' then 'D15.DISCOUNT'
            when 'EXPEDIENT' then 'D15.WITHIN_A_YEAR'
            when 'NONE' then 'D15.NOT_FOR_FINANCING'
            else 'D15.RATE_MISSING'
        end as rule_code,
        'billed ' || billing_interval || ' in ' || billing_timing
        || ' from ' || cast(bill_from_date as varchar) || ' to ' || cast(bill_to_date as varchar)
        || '; passes from ' || cast(service_from_date as varchar) || ' to ' || cast(service_to_date as varchar)
        || '; annual_rate=' || coalesce(cast(annual_rate as varchar) || ' (' || estimate_id || ')', 'none given')
        || '; stated=' || cast(stated_amount as varchar) || '; price=' || cast(price_amount as varchar) as inputs_seen,
        coalesce('election ' || election_id, 'default') as basis,
        known_from_ordinal as as_of_ordinal
    from {{ ref('fct_financing') }}
),

-- Prepaid units are used when the customer likes: what is paid ahead for them finances nobody (ASC 606-10-32-17(a), IFRS 15.62(a)).
discretionary as (
    select
        '*' as book,
        lots.entity_id,
        lots.line_id,
        'D15' as decision_code,
        'NONE' as outcome,
        'D15.CUSTOMER_DISCRETION' as rule_code,
        'prepaid units, used at the discretion of the customer' as inputs_seen,
        'default' as basis,
        min(lots.known_from_ordinal) as as_of_ordinal
    from {{ ref('fct_credit_lots') }} as lots
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    where lots.net_consideration <> 0
    group by lots.entity_id, lots.line_id
),

payable as (
    select
        '*' as book,
        entity_id,
        part_id as line_id,
        'D16' as decision_code,
        case
            when choice = 'distinct_purchase' then 'DISTINCT_PURCHASE'
            when spread_over = 'nothing' then 'NOT_APPLIED'
            else 'PRICE_REDUCTION'
        end as outcome,
        case
            when choice = 'distinct_purchase' then 'D16.DISTINCT_PURCHASE'
            when spread_over = 'nothing' then 'D16.NOTHING_SOLD'
            else 'D16.PAYABLE_TO_CUSTOMER'
        end as rule_code,
        'amount=' || cast(amount as varchar) || '; spread over ' || spread_over as inputs_seen,
        coalesce('election ' || election_id, 'default') as basis,
        known_from_ordinal as as_of_ordinal
    from {{ ref('int_price_parts__payable') }}
),

in_kind as (
    select
        book,
        entity_id,
        part_id as line_id,
        'D16' as decision_code,
        case when amount is null then 'NOT_MEASURED' else 'FAIR_VALUE' end as outcome,
        case when amount is null then 'D16.VALUE_MISSING' when choice = 'receipt' then 'D16.NONCASH_AT_RECEIPT' else 'D16.NONCASH_AT_INCEPTION' end as rule_code,
        'measured on ' || cast(measured_date as varchar) || '; fair_value=' || coalesce(cast(amount as varchar) || ' of ' || cast(as_of_date as varchar) || ' (' || estimate_id || ')', 'none given') as inputs_seen,
        coalesce('election ' || election_id, 'default') as basis,
        known_from_ordinal as as_of_ordinal
    from {{ ref('int_price_parts__noncash') }}
),

varied as (
    select
        '*' as book,
        entity_id,
        line_id,
        'D6' as decision_code,
        case
            when rule_code in ('D6.ACTUALS_ONLY', 'D6.NO_HISTORY', 'D6.NOT_ESTIMATED', 'D6.NONE_IN_FORCE') then 'ACTUALS_ONLY'
            when constrained_amount < expected_amount then 'CONSTRAINED'
            else 'ESTIMATED'
        end as outcome,
        rule_code,
        'method=' || coalesce(method, 'none') || '; scenarios=' || coalesce(cast(scenario_count as varchar), 'none')
        || '; data=' || coalesce(cast(data_from as varchar) || ' to ' || cast(data_to as varchar), 'not stated')
        || '; doubts=' || doubts || '; confidence=' || coalesce(cast(cast(confidence as decimal(4, 3)) as varchar), 'none')
        || '; at least=' || coalesce(cast(lower_outcome as varchar), 'none') || '; worst=' || coalesce(cast(worst_outcome as varchar), 'none')
        || '; contract=' || cast(contract_amount as varchar)
        || '; expected=' || cast(expected_amount as varchar) || '; constrained=' || cast(constrained_amount as varchar)
        || '; given=' || cast(given_amount as varchar) || '; enters=' || cast(amount as varchar) as inputs_seen,
        coalesce('estimate ' || estimate_id || ' of ' || cast(cast(estimate_recorded_at as date) as varchar), 'default') as basis,
        known_from_ordinal as as_of_ordinal
    from {{ ref('fct_variable_consideration') }}
    qualify row_number() over (partition by line_id, known_from_ordinal order by variable_id) = 1
),

judged as (
    select * from varied
    union all
    select * from financed
    union all
    select * from discretionary
    union all
    select * from payable
    union all
    select * from in_kind
),

-- A close that decides as the one before leaves no row.
compared as (
    select
        *,
        lag(outcome || rule_code || basis) over (partition by book, line_id, decision_code order by as_of_ordinal) as before
    from judged
),

fct_consideration_judgements as (
    select
        book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        decision_code,
        outcome,
        rule_code,
        inputs_seen,
        basis,
        as_of_ordinal
    from compared
    where outcome || rule_code || basis is distinct from before
)

select * from fct_consideration_judgements
