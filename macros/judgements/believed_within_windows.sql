{#
    CTEs that write what closes believed as rows that come and go with the belief and the contract; the last is `written`.

    beliefs: name of a CTE with contract_id, performed_date, service_ordinal, known_from_ordinal, known_to_ordinal,
    arrived_family, replaced_family and amount; every column passes on.

    A belief counts while its contract stands and what was performed lies in it (fct_contract_windows; ASC 606-10-25-1,
    IFRS 15.9). `written` adds book_scope, known_ordinal (the close that the row is news of), family (its cause) and earned.
#}
{% macro believed_within_windows(beliefs) -%}
gated as (
    select
        gates.book_scope,
        beliefs.*,
        greatest(beliefs.known_from_ordinal, gates.gate_ordinal) as from_ordinal,
        least(beliefs.known_to_ordinal, gates.until_ordinal) as to_ordinal,
        case when gates.gate_ordinal >= beliefs.known_from_ordinal then {{ family('contract') }} else beliefs.arrived_family end as from_family,
        case when gates.until_ordinal < beliefs.known_to_ordinal then {{ family('contract') }} else beliefs.replaced_family end as to_family
    from {{ beliefs }} as beliefs
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = beliefs.contract_id
        and gates.gate_ordinal < beliefs.known_to_ordinal
        and gates.until_ordinal > greatest(beliefs.known_from_ordinal, gates.gate_ordinal)
        and gates.from_date <= beliefs.performed_date
        and gates.to_date > beliefs.performed_date
    where beliefs.amount <> 0
),

written as (
    select
        gated.*,
        from_ordinal as known_ordinal,
        from_family as family,
        amount as earned
    from gated

    union all

    select
        gated.*,
        to_ordinal as known_ordinal,
        to_family as family,
        -amount as earned
    from gated
    where to_ordinal < 999999
)
{%- endmacro %}
