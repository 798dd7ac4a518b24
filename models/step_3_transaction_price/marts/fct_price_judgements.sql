-- One row per usage line, decision and close at which its outcome changed: structure, right to invoice, estimate (D2, D4, D6).
with

-- The second kind of fee of a contract makes its streams a hybrid, from the close that knows of it.
kinds as (
    select
        lines.contract_id,
        lines.line_kind,
        min(terms.known_from_ordinal) as known_ordinal
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('int_line_terms') }} as terms on terms.line_id = lines.line_id
    where lines.pattern <> 'price_only'
    group by lines.contract_id, lines.line_kind
),

second_kinds as (
    select
        contract_id,
        known_ordinal as hybrid_ordinal
    from kinds
    qualify row_number() over (partition by contract_id order by known_ordinal, line_kind) = 2
),

seen as (
    select
        rights.*,
        coalesce(position('MINIMUM' in rights.reasons) > 0, false) or lines.component = 'overage' as has_minimum,
        {{ is_averaged('rights.reasons') }} as is_averaged,
        lines.tiered_pricing,
        lines.tiered_pricing_election_id,
        coalesce(rights.reasons in ({{ "'" ~ unrated_reasons() | join("', '") ~ "'" }}), false) as is_unrated,
        coalesce(second_kinds.hybrid_ordinal, 999999) as hybrid_ordinal,
        min(rights.as_of_ordinal) over (partition by rights.line_id) as first_ordinal
    from {{ ref('int_right_to_invoice__by_close') }} as rights
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = rights.line_id
    left join second_kinds on second_kinds.contract_id = rights.contract_id
),

structures as (
    select
        entity_id,
        line_id,
        has_minimum,
        case
            when hybrid_ordinal <= as_of_ordinal then 'HYBRID'
            when has_minimum then 'COMMIT_OVERAGE'
            else 'PAYG'
        end as outcome,
        as_of_ordinal
    from seen

    union all

    select
        entity_id,
        line_id,
        bool_or(has_minimum) as has_minimum,
        'HYBRID' as outcome,
        hybrid_ordinal as as_of_ordinal
    from seen
    where hybrid_ordinal > first_ordinal and hybrid_ordinal < 999999
    group by entity_id, line_id, hybrid_ordinal
    -- unless the close that learned of it decided the line anyway
    having not bool_or(as_of_ordinal = hybrid_ordinal)
),

judged as (
    select
        entity_id,
        line_id,
        'D2' as decision_code,
        outcome,
        case when has_minimum then 'D2.COMMIT_OVERAGE' else 'D2.PAYG' end as rule_code,
        case when has_minimum then 'an enforceable minimum, and what exceeds it; ' else 'no enforceable minimum; price by quantity; ' end
        || case outcome when 'HYBRID' then 'other fees in the contract' else 'no other fees in the contract' end as inputs_seen,
        'default' as basis,
        as_of_ordinal
    from structures

    union all

    select
        entity_id,
        line_id,
        'D4' as decision_code,
        case
            when reasons is not null or is_prepaid then 'NOT_ELIGIBLE'
            when choice = 'not_elected' then 'VC_DISTINCT'
            when choice = 'eligible_documented' then 'ELIGIBLE_DOCUMENTED'
            when rate_changes and termination_right = 'none' then 'VC_DISTINCT'
            else 'ELIGIBLE'
        end as outcome,
        case
            when reasons is not null then 'D4.NOT_ELIGIBLE'
            when is_prepaid then 'D4.PREPAID_CREDITS'
            when choice is not null then 'D4.ELECTED'
            when rate_changes and termination_right = 'none' then 'D4.RATE_CHANGES_IN_TERM'
            else 'D4.FIXED_RATE'
        end as rule_code,
        'reasons=' || coalesce(reasons, 'none') || '; rate_changes=' || cast(rate_changes as varchar) || '; termination_right=' || termination_right as inputs_seen,
        -- what the price's own terms forbid, no election grants
        case when election_id is null or reasons is not null or is_prepaid then 'default' else 'election ' || election_id end as basis,
        as_of_ordinal
    from seen

    union all

    select
        entity_id,
        line_id,
        'D6' as decision_code,
        case when is_unrated then 'NOT_ESTIMATED' when is_averaged then 'BLENDED_RATE' else 'NONE_ACTUALS' end as outcome,
        case
            when is_unrated then 'D6.NOT_SUPPORTED'
            when is_averaged then 'D6.AVERAGE_OF_UNITS_EXPECTED'
            when position('TIERS_BY_INCREMENT' in reasons) > 0 then 'D6.RESOLVED_BY_INCREMENT'
            when reasons is not null then 'D6.RESOLVED_WITHIN_INCREMENT'
            else 'D6.RESOLVED_AS_USED'
        end as rule_code,
        case when reasons is null then 'usage is invoiced as it happens' else 'reasons=' || reasons end as inputs_seen,
        case
            when position(case tiered_pricing when 'distinct_increment' then 'TIERS_BY_INCREMENT' when 'blended_rate' then 'TIERS_ACROSS_BILLS' end in reasons) > 0
                then 'election ' || tiered_pricing_election_id
            else 'default'
        end as basis,
        as_of_ordinal
    from seen
    where not is_prepaid
),

-- A close that decides as the one before leaves no row; another election with the same outcome does.
compared as (
    select
        *,
        lag(outcome || rule_code || basis) over (partition by line_id, decision_code order by as_of_ordinal) as before
    from judged
),

fct_price_judgements as (
    select
        '*' as book,
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

select * from fct_price_judgements
