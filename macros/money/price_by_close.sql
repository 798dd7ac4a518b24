{#
    CTEs that make of changes of price what it is at each close, by set of books; the last is `cumulative`.

    changes: name of a CTE with contract_id, the columns of `grain`, book_scope, as_of_ordinal and amount (decimal(38, 18)).
    grain: list of the columns by which a price stands, contract_id among them. measures: the amounts that add up.

    A change counts from the close at which the contract meets the criteria of step 1; a contract
    that was found to be none has no price from that close on (ASC 606-10-25-1, IFRS 15.9).
#}
{% macro price_by_close(changes, grain, measures=['amount']) -%}
priced as (
    select
        gates.book_scope,
        gates.entity_id,
        {% for column in grain %}changes.{{ column }},
        {% endfor -%}
        gates.until_ordinal,
        greatest(changes.as_of_ordinal, gates.gate_ordinal) as as_of_ordinal
        {%- for measure in measures %},
        changes.{{ measure }}
        {%- endfor %}
    from {{ changes }} as changes
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = changes.contract_id
        and changes.book_scope in ('both', gates.book_scope)
        and gates.until_ordinal > greatest(changes.as_of_ordinal, gates.gate_ordinal)
    where gates.gate_ordinal is not null
),

lasting as (
    select * from priced
    union all
    select * replace (until_ordinal as as_of_ordinal{% for measure in measures %}, -{{ measure }} as {{ measure }}{% endfor %})
    from priced
    where until_ordinal < 999999
),

by_close as (
    select
        book_scope,
        entity_id,
        {{ grain | join(', ') }},
        as_of_ordinal
        {%- for measure in measures %},
        sum({{ measure }}) as {{ measure }}_change
        {%- endfor %}
    from lasting
    group by {{ range(1, grain | length + 4) | join(', ') }}
),

cumulative as (
    select
        *
        {%- for measure in measures %},
        sum({{ measure }}_change) over (partition by book_scope, {{ grain | join(', ') }} order by as_of_ordinal) as {{ measure }}
        {%- endfor %}
    from by_close
    where {% for measure in measures %}{{ measure }}_change <> 0{{ ' or ' if not loop.last }}{% endfor %}
)
{%- endmacro %}
