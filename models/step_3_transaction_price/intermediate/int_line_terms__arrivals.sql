-- One row per modified obligation and close at which its terms moved: what arrived, the later family where it was more than one thing.
with

families as (
    select
        obligation_id,
        known_from_ordinal as known_ordinal,
        arrived_family as family
    from {{ ref('int_line_terms__rows') }}

    union all

    select
        obligation_id,
        known_to_ordinal as known_ordinal,
        case when contract_event_id is null then {{ family('rating') }} else {{ family('modification') }} end as family
    from {{ ref('int_line_terms__rows') }}

    union all

    select distinct
        changes.obligation_id,
        terminations.known_ordinal,
        {{ family('contract') }} as family
    from {{ ref('int_line_terms__changes') }} as changes
    inner join {{ ref('fct_terminations') }} as terminations on terminations.contract_id = changes.contract_id

    union all

    select distinct
        changes.obligation_id,
        terminations.withdrawn_ordinal as known_ordinal,
        {{ family('contract') }} as family
    from {{ ref('int_line_terms__changes') }} as changes
    inner join {{ ref('fct_terminations') }} as terminations on terminations.contract_id = changes.contract_id
    where terminations.withdrawn_ordinal < 999999
),

int_line_terms__arrivals as (
    select
        obligation_id,
        known_ordinal,
        max(family) as family
    from families
    group by obligation_id, known_ordinal
)

select * from int_line_terms__arrivals
