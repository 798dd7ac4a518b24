-- One row per paid lot and close at which it changed: the estimates of its breakage, the one that is used and why, and the method (D11).
with

changed as (
    select *
    from {{ ref('int_breakage__decided') }}
    window in_order as (partition by grant_id order by close_ordinal)
    qualify
        row_number() over in_order = 1
        or rule_code is distinct from lag(rule_code) over in_order
        or breakage_election_id is distinct from lag(breakage_election_id) over in_order
        {%- for column in [
            'estimate_id', 'stated_unit', 'stated_value', 'stated_constrained_value', 'stated_remote_value', 'expected_share', 'constrained_share', 'used_source', 'expected_value', 'constrained_value',
        ] %}
            or {{ column }} is distinct from lag({{ column }}) over in_order
        {%- endfor %}
),

fct_breakage_estimates as (
    select
        grant_id,
        entity_id,
        contract_id,
        cast(close_ordinal as integer) as as_of_ordinal,
        estimate_id,
        stated_unit,
        cast(stated_value as decimal(38, 9)) as stated_value,
        cast(stated_constrained_value as decimal(38, 9)) as stated_constrained_value,
        cast(stated_remote_value as decimal(38, 9)) as stated_remote_value,
        cohort,
        expected_share,
        constrained_share,
        coalesce(is_supported, false) as is_supported,
        used_source,
        value_unit,
        cast(expected_value as decimal(38, 9)) as expected_value,
        cast(constrained_value as decimal(38, 9)) as constrained_value,
        breakage_choice,
        breakage_election_id,
        escheats,
        is_refundable,
        expires_at,
        rule_code
    from changed
)

select * from fct_breakage_estimates
