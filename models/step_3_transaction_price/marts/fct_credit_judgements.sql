-- One row per prepaid line, lot or wallet and decision: structure (D2), treatment of the grant, burn order, whose draws count and use beyond the lots (D8), breakage (D11).
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
        coalesce(commitments.is_substantive, true) as is_substantive,
        coalesce(commitments.is_trued_up, false) as is_trued_up,
        coalesce(commitments.is_stand_ready, false) as is_stand_ready,
        commitments.election_id,
        min(lots.known_from_ordinal) as as_of_ordinal
    from {{ ref('dim_obligation_lines') }} as lines
    inner join lots on lots.line_id = lines.line_id
    left join {{ ref('fct_commitments') }} as commitments on commitments.line_id = lines.line_id
    -- what comes with a plan, or gives a price back, was not bought
    where lines.line_kind = 'minimum_commitment' or lots.treatment not in ('RATABLE', 'PRICE_REDUCTION')
    group by all
),

structure as (
    select
        entity_id,
        'line' as subject_type,
        line_id as subject,
        'D2' as decision_code,
        case when not is_substantive then 'PAYG' when line_kind = 'minimum_commitment' then 'COMMIT' else 'TOPUP' end as outcome,
        case when not is_substantive then 'D2.MIN_NONSUBSTANTIVE' when line_kind = 'minimum_commitment' then 'D2.COMMIT' else 'D2.TOPUP' end as rule_code,
        'line_kind=' || line_kind || case when is_trued_up then '; settled in arrears' else '; paid in advance' end
        || case when is_stand_ready then ' for readiness' else ' for a lot of units' end as inputs_seen,
        coalesce('election ' || election_id, 'default') as basis,
        as_of_ordinal
    from selling_lines
),

treatment as (
    select
        lots.entity_id,
        'grant' as subject_type,
        lots.grant_id as subject,
        'D8' as decision_code,
        case when lines.pattern = 'included_units' then 'UNITS_PROPORTIONAL' else lots.treatment end as outcome,
        case
            when lots.root_grant_id is not null then 'D8.CARRIED_OVER'
            when lines.pattern = 'included_units' then 'D8.SIGNIFICANT'
            when lots.treatment = 'SHARES_PRICE' then 'D8.BONUS'
            when lots.treatment = 'NONE' then 'D8.PROMOTIONAL'
            else kinds.rule_code
        end as rule_code,
        'grant_kind=' || lots.grant_kind || '; units=' || cast(lots.units as varchar) || ' ' || lots.unit_code
        || '; consideration=' || cast(lots.consideration as varchar) || ' ' || lots.currency
        || coalesce('; granted because of ' || lots.purchase_grant_id, '')
        || coalesce('; units of ' || lots.root_grant_id || ', at its price', '') as inputs_seen,
        coalesce('election ' || lots.election_id, 'default') as basis,
        lots.known_from_ordinal as as_of_ordinal
    from lots
    inner join {{ ref('grant_kinds') }} as kinds on kinds.grant_kind = lots.grant_kind
    left join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = lots.line_id
        and lots.grant_kind = 'entitlement'
    -- of credits that are not recognised the judgement on their line says it
    where lots.treatment <> 'RATABLE' or lots.line_id not in (select line_id from {{ ref('fct_unsupported_lines') }})
),

breakage as (
    select
        entity_id,
        'grant' as subject_type,
        grant_id as subject,
        'D11' as decision_code,
        case
            when rule_code = 'D11.PROPORTIONAL' then 'PROPORTIONAL'
            when rule_code in ('D11.REMOTE', 'D11.REMOTE_AT_EXPIRY') then 'REMOTE'
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
        case when escheats or breakage_choice <> 'computed' then 'election' else 'default' end as basis,
        as_of_ordinal
    from {{ ref('fct_breakage_estimates') }}
),

burn_order as (
    select
        entity_id,
        'contract' as subject_type,
        contract_id as subject,
        'D8.ORDER' as decision_code,
        draw_order as outcome,
        case when election_id is null then 'D8.ORDER_DEFAULT' else 'D8.ORDER_ELECTED' end as rule_code,
        'burn order of the lots of the contract; a lot''s own priority goes first' as inputs_seen,
        coalesce('election ' || election_id, 'default') as basis,
        known_ordinal as as_of_ordinal
    from {{ ref('int_wallet_orders') }}
),

wallet_elections as (
    {%- for code, choice, rule, seen, election in [
        ('D8.SOURCE', 'draw_source', "case draw_source when 'vendor' then 'D8.VENDOR_DRAWS' else 'D8.OWN_DRAWS' end", 'whose draws of the lots of the contract count; use that is charged in money draws by itself', 'source_election_id'),
        ('D8.OVERDRAFT', 'overdraft', "case overdraft when 'refuse' then 'D8.OVERDRAFT_REFUSED' else 'D8.OVERAGE' end", 'what becomes of use beyond the lots of the contract', 'overdraft_election_id'),
    ] %}
        select
            entity_id,
            'contract' as subject_type,
            contract_id as subject,
            '{{ code }}' as decision_code,
            upper({{ choice }}) as outcome,
            {{ rule }} as rule_code,
            '{{ seen }}' as inputs_seen,
            'election ' || {{ election }} as basis,
            known_ordinal as as_of_ordinal
        from {{ ref('int_wallet_orders') }}
        where {{ election }} is not null
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

judged as (
    select * from structure
    union all
    select * from treatment
    union all
    select * from breakage
    union all
    select * from burn_order
    union all
    select * from wallet_elections
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
