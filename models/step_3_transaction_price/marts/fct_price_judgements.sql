-- One row per usage line and outcome: structure and right to invoice, computed from its prices (D2, D4, D6).
with

streams as (
    select
        contract_id,
        min(line_kind) <> max(line_kind) as is_hybrid
    from {{ ref('dim_obligation_lines') }}
    group by contract_id
),

lines as (
    select
        lines.line_id,
        lines.entity_id,
        lines.contract_id,
        lines.currency,
        contracts.termination_right,
        streams.is_hybrid
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    inner join streams on streams.contract_id = lines.contract_id
    where lines.pattern = 'usage_as_rated'
),

rates_by_dimension as (
    select
        line_id,
        dim_1_value,
        dim_2_value,
        min(known_from_ordinal) as as_of_ordinal,
        min(unit_code) as unit_code,
        {{ string_agg_ordered('not_rated_reason') }} as reasons,
        min(rate_amount) <> max(rate_amount) or min(rate_per_quantity) <> max(rate_per_quantity) as rate_changes
    from {{ ref('fct_usage_rates') }}
    group by line_id, dim_1_value, dim_2_value
),

rates as (
    select
        line_id,
        min(as_of_ordinal) as as_of_ordinal,
        min(unit_code) as unit_code,
        {{ string_agg_ordered('reasons') }} as reasons,
        bool_or(coalesce(rate_changes, false)) as rate_changes
    from rates_by_dimension
    group by line_id
),

elected as (
    select
        scope_id,
        max_by(choice, recorded_at) as choice
    from {{ accepted(ref('stg_policy_elections')) }}
    where topic = 'right_to_invoice' and scope_type in ('line', 'contract') and known_until_at is null
    group by scope_id
),

judged as (
    select
        lines.*,
        rates.as_of_ordinal,
        rates.reasons,
        rates.rate_changes,
        -- prepaid credits: what is invoiced is the purchase, not the use
        coalesce(rates.unit_code <> lines.currency, false) as is_prepaid,
        elected.choice
    from lines
    inner join rates on rates.line_id = lines.line_id
    left join elected on elected.scope_id in (lines.line_id, lines.contract_id)
    qualify row_number() over (partition by lines.line_id order by case elected.scope_id when lines.line_id then 0 else 1 end) = 1
),

fct_price_judgements as (
    select
        '*' as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        'D2' as decision_code,
        case when is_hybrid then 'HYBRID' else 'PAYG' end as outcome,
        'D2.PAYG' as rule_code,
        'no enforceable minimum; price per unit' as inputs_seen,
        'default' as basis,
        as_of_ordinal
    from judged

    union all

    select
        '*' as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
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
        case when choice is null then 'default' else 'election' end as basis,
        as_of_ordinal
    from judged

    union all

    select
        '*' as book,
        entity_id,
        'line' as subject_type,
        line_id as subject,
        'D6' as decision_code,
        'NONE_ACTUALS' as outcome,
        'D6.RESOLVED_AS_USED' as rule_code,
        'usage is invoiced as it happens' as inputs_seen,
        'default' as basis,
        as_of_ordinal
    from judged
    where reasons is null and not is_prepaid
)

select * from fct_price_judgements
