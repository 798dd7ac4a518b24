{#-
    Rules of outcome events, for `compared` of staged(). The events of one outcome are in the
    order in which they happened; each is judged by what was recorded by then.
-#}

{#- The events of every outcome in the order in which they happened, with when each was believed. -#}
{% macro outcome_sequence() -%}
    select
        *,
        coalesce(known_until_at, timestamp '9999-12-31') as until_at,
        row_number() over (partition by outcome_id order by occurred_at, seq_no nulls first, recorded_at, outcome_event_id) as place
    from known
{%- endmacro %}

{#-
    True where no state that may come before this one stood when the event was known, or when
    that state became known later: reports may arrive in any order. A report between two
    others stops the step only where it may follow the first of them itself.
-#}
{% macro illegal_transition() -%}
    candidate.input_row not in (
        with events as (
            {{ outcome_sequence() }}
        ),

        allowed as (
            select * from {{ ref('outcome_transitions') }}
        ),

        firsts as (
            select events.input_row
            from events
            inner join allowed on allowed.from_state = 'none' and allowed.to_state = events.state
            where not exists (
                select 1 from events as earlier
                inner join allowed as starts on starts.from_state = 'none' and starts.to_state = earlier.state
                where
                    earlier.outcome_id = events.outcome_id
                    and earlier.place < events.place
                    and earlier.recorded_at <= events.recorded_at
                    and earlier.until_at > events.recorded_at
            )
        ),

        steps as (
            select
                events.input_row,
                events.outcome_id,
                events.place,
                before_it.state as from_state,
                before_it.place as from_place,
                greatest(events.recorded_at, before_it.recorded_at) as seen_at
            from events
            inner join events as before_it
                on before_it.outcome_id = events.outcome_id
                and before_it.place < events.place
                and before_it.until_at > greatest(events.recorded_at, before_it.recorded_at)
            inner join allowed on allowed.from_state = before_it.state and allowed.to_state = events.state
        )

        select input_row from firsts
        union all
        select steps.input_row
        from steps
        where not exists (
            select 1 from events as between_them
            inner join allowed on allowed.to_state = between_them.state
            where
                between_them.outcome_id = steps.outcome_id
                and between_them.place > steps.from_place
                and between_them.place < steps.place
                and between_them.recorded_at <= steps.seen_at
                and between_them.until_at > steps.seen_at
                and allowed.from_state = steps.from_state
        )
    )
{%- endmacro %}

{#- The contract line of an outcome event: cited, or the only one its contract or customer has for the product. -#}
{% macro lines_of_outcomes() -%}
    select
        known.input_row,
        min(terms.line_id) as line_id,
        min(terms.outcome_window_hours) as outcome_window_hours,
        min(terms.outcome_cap_per_subject) as outcome_cap_per_subject
    from known
    inner join (
        select
            contract_lines.line_id,
            contract_lines.contract_id,
            contract_lines.product_id,
            contract_lines.outcome_window_hours,
            contract_lines.outcome_cap_per_subject,
            contracts.customer_id
        from {{ accepted(ref('stg_contract_lines')) }} as contract_lines
        inner join (
            select distinct
                contract_id,
                customer_id
            from {{ accepted(ref('stg_contracts')) }}
        ) as contracts on contracts.contract_id = contract_lines.contract_id
        where
            contract_lines.line_kind = 'outcome'
            and contract_lines.modified_by_event_id is null
            and contract_lines.known_until_at is null
    ) as terms
        on terms.product_id = known.product_id
        and case
            when known.line_id is not null then terms.line_id = known.line_id
            when known.contract_id is not null then terms.contract_id = known.contract_id
            else terms.customer_id = known.customer_id
        end
    group by known.input_row
    having count(distinct terms.line_id) = 1
{%- endmacro %}

{#-
    True where an outcome is confirmed before its window ends and nobody accepted it. The
    window is the one stated with the confirmation, with the provisional state, or by the line.
-#}
{% macro confirmed_early() -%}
    candidate.state = 'confirmed'
    and coalesce(lower(candidate.reason), '') <> 'accepted'
    and candidate.input_row in (
        with events as (
            {{ outcome_sequence() }}
        ),

        terms as (
            {{ lines_of_outcomes() }}
        ),

        opened as (
            select
                confirmed.input_row,
                confirmed.occurred_at,
                coalesce(
                    confirmed.window_ends_at,
                    provisional.window_ends_at,
                    {{ add_hours('provisional.occurred_at', 'terms.outcome_window_hours') }}
                ) as window_ends_at,
                row_number() over (partition by confirmed.input_row order by provisional.place desc) as recency,
                confirmed.place,
                confirmed.outcome_id,
                provisional.place as from_place
            from events as confirmed
            inner join events as provisional
                on provisional.outcome_id = confirmed.outcome_id
                and provisional.place < confirmed.place
                and provisional.state = 'provisional'
                and provisional.recorded_at <= confirmed.recorded_at
                and provisional.until_at > confirmed.recorded_at
            left join terms on terms.input_row = confirmed.input_row
            where confirmed.state = 'confirmed'
        )

        select opened.input_row
        from opened
        where
            opened.recency = 1
            and opened.occurred_at < opened.window_ends_at
            -- a dispute that was won ends the window
            and not exists (
                select 1 from events as won
                where
                    won.outcome_id = opened.outcome_id
                    and won.state = 'dispute_won'
                    and won.place > opened.from_place
                    and won.place < opened.place
            )
    )
{%- endmacro %}

{#-
    True where its subject already carries as many outcomes as the line allows, given back ones
    apart. The outcome known later is refused, with all its events.
-#}
{% macro over_cap() -%}
    candidate.outcome_id in (
        select over_the_cap.outcome_id
        from known as over_the_cap
        where over_the_cap.input_row in (
            {{ overdrawing_rows(movements_under_caps()) }}
        )
    )
{%- endmacro %}

{% macro movements_under_caps() -%}
    select
        line_id || '|' || subject_ref as group_key,
        case kind when 1 then '' else input_row end as input_row,
        cast(case kind when 1 then outcome_cap_per_subject when 2 then -quantity else quantity end as decimal(38, 9)) as change_amount,
        case kind when 1 then timestamp '0001-01-01' when 2 then recorded_at else ended_at end as moved_at,
        kind = 2 as is_refusable,
        kind = 3 as is_reversal
    from (
        select
            outcomes.*,
            kinds.kind,
            row_number() over (partition by outcomes.line_id, outcomes.subject_ref, kinds.kind order by outcomes.recorded_at, outcomes.input_row) as place
        from (
            select
                events.input_row,
                events.subject_ref,
                events.quantity,
                events.recorded_at,
                terms.line_id,
                terms.outcome_cap_per_subject,
                least(events.known_until_at, min(case when events.state in ('failed', 'reversed', 'dispute_lost') then events.recorded_at end) over same_outcome) as ended_at,
                row_number() over (partition by events.outcome_id order by events.recorded_at, events.input_row) as known_place
            from known as events
            inner join (
                {{ lines_of_outcomes() }}
            ) as terms
                on terms.input_row = events.input_row
                and terms.outcome_cap_per_subject is not null
            window same_outcome as (partition by events.outcome_id)
        ) as outcomes
        cross join (select 1 as kind union all select 2 as kind union all select 3 as kind) as kinds
        where
            outcomes.known_place = 1
            and (kinds.kind < 3 or outcomes.ended_at is not null)
    ) as moved
    where kind > 1 or place = 1
{%- endmacro %}
