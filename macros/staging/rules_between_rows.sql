{#-
    Shapes of rules that compare a row with others of its table, for `compared` of staged().
    Each is a predicate over `candidate` and reads `known`, the rows that stand so far.
-#}

{#- True where the row refers to a row of its own table that is not there. -#}
{% macro missing_within(parent, id) -%}
    candidate.{{ parent }} is not null and candidate.{{ parent }} not in (select {{ id }} from known)
{%- endmacro %}

{#-
    True where the row leads back to itself through rows known before it: the row that closes
    the circle is refused. A link is as old as the first row that stated it, so that stating it
    again with another name is not judged by what came after.
-#}
{% macro closes_a_cycle(id, parent) -%}
    candidate.input_row in (
        with recursive links as (
            select
                {{ id }} as from_id,
                {{ parent }} as to_id,
                min(recorded_at) as since_at,
                max(coalesce(known_until_at, timestamp '9999-12-31')) as until_at
            from known
            where {{ parent }} is not null
            group by {{ id }}, {{ parent }}
        ),

        walk as (
            select
                from_id,
                to_id,
                since_at,
                to_id as reached_id
            from links
            union
            select
                walk.from_id,
                walk.to_id,
                walk.since_at,
                links.to_id as reached_id
            from walk
            inner join links
                on links.from_id = walk.reached_id
                and (links.since_at < walk.since_at or links.since_at = walk.since_at and links.from_id < walk.from_id)
                and links.until_at > walk.since_at
            where walk.reached_id <> walk.from_id
        )

        select known.input_row
        from known
        inner join walk
            on walk.from_id = known.{{ id }}
            and walk.to_id = known.{{ parent }}
            and walk.reached_id = walk.from_id
    )
{%- endmacro %}

{#-
    True where another row, known before, already holds for a part of this row's window.

    identity   what a row is a version of; its own versions succeed each other and never clash
    scope      expressions over {row} that two rows must share to exclude each other
    only       which rows claim a window at all
    of_books   rows of one book exclude each other, and rows of both books exclude all

    A row that was itself refused excludes no other: clashes with a row that surely clashes do
    not count.
-#}
{% macro holds_beside_another(identity, scope, from_column, to_column, only='true', of_books=false) -%}
    candidate.input_row in (
        with claims as (
            select
                *,
                {{ identity }} as identity,
                {{ from_column if from_column == 'period_start' else 'coalesce(' ~ from_column ~ ", timestamp '0001-01-01')" }} as from_at,
                {{ to_column if from_column == 'period_start' else 'coalesce(' ~ to_column ~ ", timestamp '9999-12-31')" }} as to_at,
                coalesce(known_until_at, timestamp '9999-12-31') as until_at,
                {{ only }} as is_claim
            from known
        ),

        clashes as (
            select
                own.input_row,
                other.input_row as other_row
            from claims as own
            inner join claims as other
                on (other.recorded_at < own.recorded_at or other.recorded_at = own.recorded_at and other.identity < own.identity)
                and other.identity <> own.identity
                {%- for expression in scope %}
                and {{ expression.replace('{row}', 'other') }} = {{ expression.replace('{row}', 'own') }}
                {%- endfor %}
                {%- if of_books %}
                and (other.book = own.book or '*' in (other.book, own.book))
                {%- endif %}
                and other.until_at > own.recorded_at
                and other.from_at < own.to_at
                and other.to_at > own.from_at
            where
                own.is_claim
                and other.is_claim
                {%- for side in ('own', 'other') %}
                -- a row holds until the next one of its identity, as known then
                and not exists (
                    select 1 from claims as successor
                    where
                        successor.identity = {{ side }}.identity
                        and successor.from_at > {{ side }}.from_at
                        and successor.from_at <= greatest(own.from_at, other.from_at)
                        and successor.recorded_at <= own.recorded_at
                        and successor.until_at > own.recorded_at
                )
                {%- endfor %}
        ),

        surely as (
            select input_row
            from clashes
            where other_row not in (select input_row from clashes)
        )

        select input_row
        from clashes
        where other_row not in (select input_row from surely)
    )
{%- endmacro %}

{#-
    Rows that would take a balance below zero, in the order in which they were known. What is
    refused does not move the balance, so that the next row is measured without it.

    movements: select group_key, input_row, change_amount, moved_at, is_refusable, is_reversal;
    the opening of a group is a row of its own, a row taken back a reversal under the same
    input_row. Only groups whose plain running total falls below zero are folded row by row.
-#}
{% macro overdrawing_rows(movements) -%}
    with recursive movements as (
        {{ movements }}
    ),

    numbered as (
        select
            *,
            row_number() over in_order as place,
            sum(change_amount) over (in_order rows between unbounded preceding and current row) as running_amount
        from movements
        window in_order as (partition by group_key order by moved_at, change_amount desc, input_row)
    ),

    folded as (
        select
            group_key,
            cast(0 as bigint) as place,
            cast(0 as decimal(38, 9)) as balance_amount,
            cast('|' as varchar) as refused_rows,
            cast(null as varchar) as refused_row
        from numbered
        group by group_key
        having min(running_amount) < 0
        union all
        select
            folded.group_key,
            numbered.place,
            cast(case
                when numbered.is_reversal and position('|' || numbered.input_row || '|' in folded.refused_rows) > 0 then folded.balance_amount
                when numbered.is_refusable and folded.balance_amount + numbered.change_amount < 0 then folded.balance_amount
                else folded.balance_amount + numbered.change_amount
            end as decimal(38, 9)) as balance_amount,
            case
                when numbered.is_refusable and folded.balance_amount + numbered.change_amount < 0
                    then folded.refused_rows || numbered.input_row || '|'
                else folded.refused_rows
            end as refused_rows,
            case
                when numbered.is_refusable and folded.balance_amount + numbered.change_amount < 0
                    then numbered.input_row
            end as refused_row
        from folded
        inner join numbered
            on numbered.group_key = folded.group_key
            and numbered.place = folded.place + 1
    )

    select refused_row
    from folded
    where refused_row is not null
{%- endmacro %}
