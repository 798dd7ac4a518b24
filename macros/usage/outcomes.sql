{#-
    What a contract line counts: its meter, or the outcomes of its product. Outcomes find their line
    and its price as use does, under a name that no meter has.
-#}
{% macro counted_by(line) -%}
    case when {{ line }}.line_kind = 'outcome' then {{ outcomes_of(line ~ '.product_id') }} else {{ line }}.meter_id end
{%- endmacro %}

{% macro outcomes_of(product_id) -%}
    'outcome:' || {{ product_id }}
{%- endmacro %}

{#- Kinds of contract lines that count what happens and price it by the unit. -#}
{% macro counting_line_kinds() -%}
    ('usage', 'overage', 'outcome')
{%- endmacro %}

{#-
    CTEs that tell what each belief about outcomes changes in what is counted; the last is `moves`, of the
    columns of fct_outcome_moves and some of the beliefs. Each belief adds what it holds from the close that formed
    it and takes it away at the close that formed the next one.

    beliefs: rows of fct_outcome_beliefs, all of each outcome that is among them.
-#}
{% macro moves_of_outcomes(beliefs) -%}
beliefs as (
    select
        *,
        row_number() over in_order = 1 as is_first,
        coalesce(lead(known_from_ordinal) over in_order <> known_to_ordinal, true) as is_withdrawn_next,
        -- the first close at which it is open no more
        case
            when is_reversed then known_from_ordinal
            when confirmed_ordinal is not null and greatest(known_from_ordinal, confirmed_ordinal) < known_to_ordinal then greatest(known_from_ordinal, confirmed_ordinal)
        end as settled_ordinal
    from {{ beliefs }}
    window in_order as (partition by outcome_id, resolution_place order by known_from_ordinal)
),

spans as (
    select
        *,
        'resolved' as measure,
        resolved_ordinal as service_ordinal,
        known_from_ordinal as from_ordinal,
        known_to_ordinal as to_ordinal
    from beliefs
    union all
    select
        *,
        'open' as measure,
        resolved_ordinal as service_ordinal,
        known_from_ordinal as from_ordinal,
        coalesce(settled_ordinal, known_to_ordinal) as to_ordinal
    from beliefs
    where settled_ordinal is null or settled_ordinal > known_from_ordinal
    union all
    select
        *,
        'confirmed' as measure,
        confirmed_ordinal as service_ordinal,
        settled_ordinal as from_ordinal,
        known_to_ordinal as to_ordinal
    from beliefs
    where settled_ordinal is not null and not is_reversed
    union all
    select
        *,
        'reversed' as measure,
        resolved_ordinal as service_ordinal,
        known_from_ordinal as from_ordinal,
        known_to_ordinal as to_ordinal
    from beliefs
    where is_reversed
    union all
    select
        *,
        'given_back' as measure,
        confirmed_ordinal as service_ordinal,
        known_from_ordinal as from_ordinal,
        known_to_ordinal as to_ordinal
    from beliefs
    where is_given_back and settled_ordinal is not null
    {%- for measure, condition in {'past_window': 'true', 'reversed_past_window': 'is_reversed'}.items() %}
        union all
        select
            *,
            '{{ measure }}' as measure,
            resolved_ordinal as service_ordinal,
            greatest(known_from_ordinal, window_ended_ordinal) as from_ordinal,
            known_to_ordinal as to_ordinal
        from beliefs
        where window_ended_ordinal < known_to_ordinal and {{ condition }}
    {%- endfor %}
),

-- What a resolution brings is late data, what becomes of it an outcome; of the reserve that stood for it, a change of estimate.
moves as (
    select
        *,
        from_ordinal as known_ordinal,
        quantity as change,
        case
            when is_first and from_ordinal = known_from_ordinal then {{ family('usage') }}
            when measure in ('open', 'reversed') then {{ family('estimate') }}
            else {{ family('outcome') }}
        end as arrived_family
    from spans
    union all
    select
        *,
        to_ordinal as known_ordinal,
        -quantity as change,
        case
            when is_withdrawn_next and to_ordinal = known_to_ordinal then {{ family('void') }}
            when measure in ('open', 'reversed') then {{ family('estimate') }}
            else {{ family('outcome') }}
        end as arrived_family
    from spans
    where to_ordinal < 999999
)
{%- endmacro %}

{#- The revision of a move of outcomes: under a reserve what is given back belongs to the period of the outcome, and is never normal after it. -#}
{% macro revision_of_outcome() -%}
    cast(known_ordinal * 10 + case when known_ordinal = service_ordinal and measure <> 'given_back' then {{ family('normal') }} else arrived_family end as integer)
{%- endmacro %}
