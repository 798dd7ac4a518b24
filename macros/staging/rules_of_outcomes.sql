{#-
    Rules of outcome events, for `compared` of staged(). The events of one outcome are in the
    order in which they happened; each is judged by what was recorded by then.
-#}

{#- Events of outcomes in the order in which they happened, with when each was believed. -#}
{% macro outcome_sequence(rows='known') -%}
    select
        *,
        coalesce(known_until_at, timestamp '9999-12-31') as until_at,
        row_number() over (partition by outcome_id order by occurred_at, seq_no nulls first, recorded_at, outcome_event_id) as place
    from {{ rows }}
{%- endmacro %}

{#-
    True where no state that may come before this one stood when the event was known, or when
    that state became known later: reports may arrive in any order. A report between two
    others stops the step only where it may follow the first of them itself.

    Of an outcome whose events were reported in the order in which they happened, no two of them
    at once, none withdrawn and each a step that may follow the one before it, every step is
    right. Only the others are looked at one by one.
-#}
{% macro illegal_transition() -%}
    candidate.input_row in (
        with allowed as (
            select * from {{ ref('outcome_transitions') }}
        ),

        reported as (
            select
                outcome_id,
                state,
                recorded_at,
                known_until_at,
                occurred_at,
                coalesce(lag(state) over in_turn, 'none') as state_before,
                lag(occurred_at) over in_turn as occurred_before_at,
                lag(recorded_at) over in_turn as recorded_before_at
            from known
            window in_turn as (partition by outcome_id order by occurred_at)
        ),

        doubtful as (
            select distinct reported.outcome_id
            from reported
            left join allowed
                on allowed.from_state = reported.state_before
                and allowed.to_state = reported.state
            where
                allowed.to_state is null
                or reported.known_until_at is not null
                or reported.occurred_at = reported.occurred_before_at
                or reported.recorded_at < reported.recorded_before_at
        ),

        in_doubt as (
            select known.*
            from known
            inner join doubtful on doubtful.outcome_id = known.outcome_id
        ),

        events as (
            {{ outcome_sequence('in_doubt') }}
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
        ),

        legal as (
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

        select events.input_row
        from events
        where not exists (select 1 from legal where legal.input_row = events.input_row)
    )
{%- endmacro %}

{#-
    Terms of outcome lines by what an event cites of them: the line, or else the only one its
    contract, or else its customer, has for the product.
-#}
{% macro terms_of_outcomes() -%}
    select
        cited.cited_level,
        cited.cited_id,
        cited.product_id,
        min(cited.line_id) as line_id,
        min(cited.outcome_window_hours) as outcome_window_hours,
        min(cited.outcome_cap_per_subject) as outcome_cap_per_subject
    from (
        select
            contract_lines.line_id,
            contract_lines.product_id,
            contract_lines.outcome_window_hours,
            contract_lines.outcome_cap_per_subject,
            levels.cited_level,
            case levels.cited_level when 3 then contract_lines.line_id when 2 then contract_lines.contract_id else contracts.customer_id end as cited_id
        from {{ accepted(ref('stg_contract_lines')) }} as contract_lines
        inner join (
            select distinct
                contract_id,
                customer_id
            from {{ accepted(ref('stg_contracts')) }}
        ) as contracts on contracts.contract_id = contract_lines.contract_id
        cross join (select 1 as cited_level union all select 2 as cited_level union all select 3 as cited_level) as levels
        where
            contract_lines.line_kind = 'outcome'
            and contract_lines.modified_by_event_id is null
            and contract_lines.known_until_at is null
    ) as cited
    group by cited.cited_level, cited.cited_id, cited.product_id
    having count(distinct cited.line_id) = 1
{%- endmacro %}

{#- That an event cites these terms. -#}
{% macro cites_terms(event, terms) -%}
    {{ terms }}.product_id = {{ event }}.product_id
    and {{ terms }}.cited_id = coalesce({{ event }}.line_id, {{ event }}.contract_id, {{ event }}.customer_id)
    and {{ terms }}.cited_level = case when {{ event }}.line_id is not null then 3 when {{ event }}.contract_id is not null then 2 else 1 end
{%- endmacro %}

{#-
    True where an outcome is confirmed before its window ends and nobody accepted it. The
    window is the one stated with the confirmation, with the provisional state, or by the line.

    Looked at one by one are outcomes with a provisional state whose window ends after the confirmation.
-#}
{% macro confirmed_early() -%}
    candidate.state = 'confirmed'
    and coalesce(lower(candidate.reason), '') <> 'accepted'
    and candidate.input_row in (
        with terms as (
            {{ terms_of_outcomes() }}
        ),

        confirmations as (
            select
                known.input_row,
                known.outcome_id,
                known.occurred_at,
                known.window_ends_at,
                terms.outcome_window_hours
            from known
            left join terms on {{ cites_terms('known', 'terms') }}
            where known.state = 'confirmed' and coalesce(lower(known.reason), '') <> 'accepted'
        ),

        doubtful as (
            select distinct confirmations.outcome_id
            from confirmations
            inner join known as provisional
                on provisional.outcome_id = confirmations.outcome_id
                and provisional.state = 'provisional'
            where
                provisional.occurred_at <= confirmations.occurred_at
                and confirmations.occurred_at < coalesce(
                    confirmations.window_ends_at,
                    provisional.window_ends_at,
                    {{ add_hours('provisional.occurred_at', 'confirmations.outcome_window_hours') }}
                )
        ),

        in_doubt as (
            select known.*
            from known
            inner join doubtful on doubtful.outcome_id = known.outcome_id
        ),

        events as (
            {{ outcome_sequence('in_doubt') }}
        ),

        opened as (
            select
                confirmed.input_row,
                confirmed.occurred_at,
                coalesce(
                    confirmed.window_ends_at,
                    provisional.window_ends_at,
                    {{ add_hours('provisional.occurred_at', 'confirmations.outcome_window_hours') }}
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
            inner join confirmations on confirmations.input_row = confirmed.input_row
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
                {{ terms_of_outcomes() }}
            ) as terms
                on {{ cites_terms('events', 'terms') }}
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
