-- One row per lot whose use became remote, or is so no more, and close that judged it (D11).
with

-- Of what one close judged, the latest period says how it stands.
latest as (
    select *
    from {{ ref('fct_remote_breakage') }}
    qualify row_number() over (partition by grant_id, known_ordinal order by service_ordinal desc) = 1
),

fct_remote_judgements as (
    select
        '*' as book,
        entity_id,
        'grant' as subject_type,
        grant_id as subject,
        'D11.REMOTE' as decision_code,
        case when is_remote then 'REMOTE' else 'NOT_REMOTE' end as outcome,
        'D11.REMOTE' as rule_code,
        'left=' || cast(left_units as varchar) || ' ' || unit_code || '; never used, with all but a small probability=' || cast(remote_units as varchar)
        || '; last used, granted or extended in period ' || cast(active_ordinal as varchar) || ', judged in ' || cast(service_ordinal as varchar) as inputs_seen,
        'default' as basis,
        known_ordinal as as_of_ordinal
    from latest
)

select * from fct_remote_judgements
