{{ config(materialized='view') }} {#- the outcomes behind a sum: nothing else reads them one by one -#}
-- One row per time that an outcome was resolved, measure, service period and revision: what that knowledge changed in what is counted.
--
-- Measures: resolved, open (neither confirmed nor reversed), confirmed, reversed inside the window, given back after it; past_window
-- and reversed_past_window count outcomes once their window is over, so that late confirmations do not look like few. Each belief
-- adds what it holds from the close that formed it and takes it away at the close that formed the next one.
with

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
    from {{ ref('fct_outcome_beliefs') }}
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
),

fct_outcome_moves as (
    select
        outcome_id,
        resolution_place,
        entity_id,
        contract_id,
        line_id,
        line_segment_number,
        segment_from_at,
        measure,
        resolved_ordinal,
        cast(service_ordinal as integer) as service_ordinal,
        -- under a reserve what is given back belongs to the period of the outcome, and is never normal after it
        cast(known_ordinal * 10 + case when known_ordinal = service_ordinal and measure <> 'given_back' then {{ family('normal') }} else arrived_family end as integer) as revision,
        cast(change as decimal(38, 9)) as quantity
    from moves
)

select * from fct_outcome_moves
