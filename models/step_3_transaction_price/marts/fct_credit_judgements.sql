-- One row per prepaid line or lot and decision: structure (D2), treatment of the grant (D8), breakage (D11).
with

lots as (
    select * from {{ ref('fct_credit_lots') }}
    where version_number = 1
),

selling_lines as (
    select
        lines.line_id,
        lines.entity_id,
        lines.line_kind,
        min(lots.known_from_ordinal) as as_of_ordinal
    from {{ ref('dim_obligation_lines') }} as lines
    inner join lots on lots.line_id = lines.line_id
    group by lines.line_id, lines.entity_id, lines.line_kind
),

structure as (
    select
        entity_id,
        'line' as subject_type,
        line_id as subject,
        'D2' as decision_code,
        case line_kind when 'minimum_commitment' then 'COMMIT' else 'TOPUP' end as outcome,
        case line_kind when 'minimum_commitment' then 'D2.COMMIT' else 'D2.TOPUP' end as rule_code,
        'line_kind=' || line_kind || '; paid in advance for a lot of units' as inputs_seen,
        as_of_ordinal
    from selling_lines
),

treatment as (
    select
        lots.entity_id,
        'grant' as subject_type,
        lots.grant_id as subject,
        'D8' as decision_code,
        lots.treatment as outcome,
        kinds.rule_code,
        'grant_kind=' || lots.grant_kind || '; units=' || cast(lots.units as varchar) || ' ' || lots.unit_code
        || '; consideration=' || cast(lots.consideration as varchar) || ' ' || lots.currency as inputs_seen,
        lots.known_from_ordinal as as_of_ordinal
    from lots
    inner join {{ ref('grant_kinds') }} as kinds on kinds.grant_kind = lots.grant_kind
),

breakage as (
    select
        entity_id,
        'grant' as subject_type,
        grant_id as subject,
        'D11' as decision_code,
        case
            when rule_code = 'D11.PROPORTIONAL' then 'PROPORTIONAL'
            when rule_code = 'D11.REMOTE_AT_EXPIRY' then 'REMOTE'
            else 'NONE'
        end as outcome,
        rule_code,
        'refundable=' || cast(is_refundable as varchar) || '; expires=' || coalesce(cast(expires_at as varchar), 'never')
        || '; escheats=' || cast(escheats as varchar) || '; policy=' || breakage_choice
        || case
            when estimate_id is not null then '; estimate ' || estimate_id || ': expected=' || cast(stated_value as varchar) || ' ' || stated_unit || ', constrained=' || cast(stated_constrained_value as varchar)
            else '; no estimate of breakage'
        end
        || case
            when cohort is not null then '; history of ' || cohort || ': expected=' || cast(expected_share as varchar) || ', constrained=' || cast(constrained_share as varchar) || case when is_supported then '' else ', not enough to rely on' end
            else ''
        end
        || coalesce('; used: ' || used_source, '') as inputs_seen,
        as_of_ordinal,
        case when escheats or breakage_choice <> 'computed' then 'election' else 'default' end as basis
    from {{ ref('fct_breakage_estimates') }}
),

judged as (
    select
        *,
        'default' as basis
    from structure
    union all
    select
        *,
        'default' as basis
    from treatment
    union all
    select * from breakage
),

fct_credit_judgements as (
    select
        '*' as book,
        entity_id,
        subject_type,
        subject,
        decision_code,
        outcome,
        rule_code,
        inputs_seen,
        basis,
        as_of_ordinal
    from judged
)

select * from fct_credit_judgements
