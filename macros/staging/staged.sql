{#-
    A landed table as its staging model: every landed row once, typed, with the verdict on it.

    row_state    accepted, duplicate, held or rejected; readers take accepted(...) and nothing else
    known_until_at   when a later version or a retraction replaced the row (NULL: still holds);
                 the row is believed in [recorded_at, known_until_at)
    bare_dates   names of timestamp columns given as a bare date, see instant()

    parents:   [(column, ref, parent column)] - a missing parent holds the row as ORPHAN
    rejects:   {reason_code: predicate} - what a row shows by itself, over the typed columns
    compared:  [{reason_code: predicate}] - what shows beside other rows: over `candidate`, with
               the CTE `known`, the rows that stand so far. A later dict sees what an earlier left.
               A rule looks at what was known when its row was recorded, so that the later of
               two rows is the one refused, and a row once accepted stays so.
    unreviewed: predicate - the row waits for a review that approves it, and is known from then on

    A code that holds a row is one of held_reasons(); a held row is tried again at every run.
-#}
{% macro staged(table, parents=[], rejects={}, compared=[], unreviewed=none) %}
{%- if not execute -%}
select 1 as row_state from {{ source('raw', table) }}, {{ source('state', 'run_context') }}, {{ source('state', 'input_files') }}, {{ source('state', 'row_pins') }}, {{ ref('currencies') }}
{%- for parent in parents %}, {{ parent[1] }}{% endfor %}
{%- if unreviewed %}, {{ ref('stg_reviews') }}{% endif %}
{%- else -%}
{%- set node = contract_table(table) -%}
{%- set rules = node.meta -%}
{%- set columns = node.columns.values() | list -%}
{%- set key = rules.key -%}
{%- set set_key = rules.get('set_key', key) -%}
{%- set contents = columns | map(attribute='name') | reject('in', ['recorded_at', 'source_ref']) | list -%}
with

{% if unreviewed -%}
landed as (
    {{ typed_rows(table) }}
),

typed as (
    {{ reviewed_rows(table, unreviewed) }}
),
{%- else -%}
typed as (
    {{ typed_rows(table) }}
),
{%- endif %}

judged as (
    select
        *,
        {{ row_reason(columns, key, rejects) }} as row_reason
    from typed
),

placed as {{ not_kept() }}(
    select
        *,
        row_reason is null and recorded_at <= (select as_of from {{ source('state', 'run_context') }}) as is_candidate
    from judged
),

-- Few rows share their key with another, and only these are put side by side.
shared_keys as {{ kept() }}(
    select
        {{ key | join(', ') }},
        is_candidate
    from placed
    group by {{ key | join(', ') }}, is_candidate
    having count(*) > 1
),

shared as (
    select
        placed.*,
        {{ row_fingerprint(contents) }} as fingerprint
    from placed
    where exists (select 1 from shared_keys where {{ same_key('shared_keys', 'placed', key) }})
),

single as (
    select placed.*
    from placed
    where not exists (select 1 from shared_keys where {{ same_key('shared_keys', 'placed', key) }})
),

{% if rules.kind == 'log' -%}
ranked as (
    select
        * exclude (fingerprint),
        row_number() over first_in as occurrence,
        fingerprint = first_value(fingerprint) over first_in as says_the_same,
        min(case when is_retracted then recorded_at end) over same_key as retracted_at,
        count(case when not is_retracted then 1 end) over same_key as originals
    from shared
    window
        same_key as (partition by {{ key | join(', ') }}, is_candidate),
        first_in as (
            partition by {{ key | join(', ') }}, is_candidate, is_retracted
            order by recorded_at, fingerprint, input_row
        )
    union all
    select
        *,
        1 as occurrence,
        true as says_the_same,
        cast(null as timestamp) as retracted_at,
        case when is_retracted then 0 else 1 end as originals
    from single
),

decided as (
    select
        * exclude (occurrence, says_the_same, retracted_at, originals),
        case when not is_retracted and is_candidate then retracted_at end as known_until_at,
        case
            when row_reason is not null then row_reason
            when not is_candidate then 'NOT_YET_KNOWN'
            when is_retracted and originals = 0 then 'ORPHAN'
            when occurrence = 1 then null
            when is_retracted or says_the_same then 'DUPLICATE'
            else 'CONFLICT'
        end as decided_reason
    from ranked
)
{%- else -%}
ranked as (
    select
        * exclude (fingerprint),
        fingerprint = lag(fingerprint) over in_turn as says_the_same,
        lag(recorded_at) over in_turn as previous_recorded_at
    from shared
    window in_turn as (
        partition by {{ key | join(', ') }}, is_candidate
        order by recorded_at, fingerprint, input_row
    )
    union all
    select
        *,
        cast(null as boolean) as says_the_same,
        cast(null as timestamp) as previous_recorded_at
    from single
),

decided as (
    select
        * exclude (says_the_same, previous_recorded_at),
        case
            when row_reason is not null then row_reason
            when not is_candidate then 'NOT_YET_KNOWN'
            {% if set_key == key -%}
            when says_the_same then 'DUPLICATE'
            {%- else -%}
            when says_the_same and recorded_at = previous_recorded_at then 'DUPLICATE'
            {%- endif %}
            when recorded_at = previous_recorded_at then 'CONFLICT'
        end as decided_reason
    from ranked
)
{%- endif %},

{% set steps = ['reasoned'] %}
reasoned as (
    select
        decided.*,
        case
            when decided.decided_reason is not null then decided.decided_reason
            when decided.is_retracted then null
            {%- if unreviewed %}
            when decided.is_unreviewed then 'NOT_REVIEWED'
            {%- endif %}
            {%- for parent in parents %}
            when decided.{{ parent[0] }} is not null and parent_{{ loop.index }}.parent_id is null then 'ORPHAN'
            {%- endfor %}
        end as reason_code
    from decided
    {%- for parent in parents %}
    left join (
        select distinct {{ parent[2] }} as parent_id
        from {{ parent[1] }}
        where row_state = 'accepted'
    ) as parent_{{ loop.index }} on parent_{{ loop.index }}.parent_id = decided.{{ parent[0] }}
    {%- endfor %}
),
{% for rules_of_step in compared %}
found_{{ loop.index }} as {{ kept() }}(
    {{ rows_found(steps[-1], rules_of_step, rules.kind, set_key) }}
),

compared_{{ loop.index }} as {{ not_kept() }}(
    select
        stands.* exclude (reason_code),
        coalesce(stands.reason_code, found.reason_code) as reason_code
    from {{ steps[-1] }} as stands
    left join found_{{ loop.index }} as found on found.input_row = stands.input_row
),
{%- do steps.append('compared_' ~ loop.index) %}
{% endfor %}
stated as (
    select
        * exclude (row_reason, is_candidate, decided_reason, _file_id, _row_number),
        case
            when reason_code is null then 'accepted'
            when reason_code = 'DUPLICATE' then 'duplicate'
            when reason_code in ('{{ held_reasons() | join("', '") }}') then 'held'
            else 'rejected'
        end as row_state
    from {{ steps[-1] }}
)

select
    *
    {%- if rules.kind != 'log' %},
    {{ replaced_at('row_state', set_key) }} as known_until_at
    {%- endif %}
from stated
{%- endif -%}
{% endmacro %}

{#- Codes of rows that wait; every other code refuses for good (seed reason_codes, tested). -#}
{% macro held_reasons() %}
    {{ return([
        'ORPHAN', 'NOT_YET_KNOWN', 'NOT_REVIEWED', 'NOT_DELIVERED', 'ILLEGAL_TRANSITION', 'PERIOD_GAP',
        'MODIFICATION_WITHOUT_TERMS', 'NO_DEFAULT_ACCOUNT',
    ]) }}
{% endmacro %}

{#- When a later row of the same set, among those of the same verdict, replaced this one. -#}
{% macro replaced_at(verdict, set_key) -%}
    case
        when {{ verdict }} {{ "= 'accepted'" if verdict == 'row_state' else 'is null' }}
            then min(recorded_at) over (
                partition by {{ set_key | join(', ') }}, {{ verdict }}
                order by recorded_at
                range between interval 1 microsecond following and unbounded following
            )
    end
{%- endmacro %}

{#- That two rows have the same key and verdict so far. -#}
{% macro same_key(one, other, key) -%}
    {{ one }}.is_candidate = {{ other }}.is_candidate
    {%- for column in key %}
        and {{ one }}.{{ column }} is not distinct from {{ other }}.{{ column }}
    {%- endfor %}
{%- endmacro %}

{#- One step of comparisons: of the rows that stand so far those that break a rule beside others, with its reason. -#}
{% macro rows_found(step, rules, kind, set_key) -%}
with known as (
        select *
        from (
            select
                *
                {%- if kind != 'log' %},
                {{ replaced_at('reason_code', set_key) }} as known_until_at
                {%- endif %}
            from {{ step }}
        ) as dated
        where reason_code is null and not is_retracted
    ),

    judged_beside_others as (
        select
            candidate.input_row,
            case
                {%- for reason, predicate in rules.items() %}
                when {{ predicate }} then '{{ reason }}'
                {%- endfor %}
            end as reason_code
        from known as candidate
    )

    select
        input_row,
        reason_code
    from judged_beside_others
    where reason_code is not null
{%- endmacro %}

{#- Landed rows of which some need a review: the row is known when it was recorded and approved. -#}
{% macro reviewed_rows(table, unreviewed) -%}
select
        landed.* exclude (recorded_at),
        landed.recorded_at as submitted_at,
        case
            when {{ unreviewed }} then greatest(landed.recorded_at, coalesce(approvals.approved_at, landed.recorded_at))
            else landed.recorded_at
        end as recorded_at,
        approvals.approved_at is null and not landed.is_retracted and coalesce({{ unreviewed }}, false) as is_unreviewed
    from landed
    left join (
        select
            subject_id,
            subject_recorded_at,
            min(recorded_at) as approved_at
        from {{ accepted(ref('stg_reviews')) }}
        where
            subject_table = '{{ table }}'
            and decision in ('approved', 'waived')
        group by subject_id, subject_recorded_at
    ) as approvals
        on approvals.subject_id = {{ subject_key(table, 'landed') }}
        and approvals.subject_recorded_at = landed.recorded_at
{%- endmacro %}

{#- Landed rows with typed columns, the pinned recorded_at and what did not cast. -#}
{% macro typed_rows(table) %}
{%- set node = contract_table(table) -%}
{%- set landed = landed_types(table) -%}
{%- set doubtful = [] -%}
{%- set datable = [] -%}
{%- set stated = cast_landed('landed.recorded_at', 'timestamp', landed['recorded_at']) -%}
{%- for column in node.columns.values() -%}
    {%- if column.data_type != 'varchar' and not casts_always(column.data_type, landed[column.name]) -%}
        {%- do doubtful.append(column) -%}
    {%- endif -%}
    {%- if column.data_type == 'timestamp' and (is_text(landed[column.name]) or landed[column.name] == 'DATE') -%}
        {%- do datable.append(column) -%}
    {%- endif -%}
{%- endfor -%}
select
        landed._file_id,
        landed._row_number,
        {{ input_row('landed') }} as input_row,
        {%- for column in node.columns.values() %}
        {%- if column.name == 'recorded_at' %}
        {{ known_at(table, stated) }} as recorded_at,
        {{ stated }} as stated_recorded_at,
        {%- elif column.name in ('is_retracted', 'is_test') %}
        coalesce({{ cast_landed('landed.' ~ column.name, 'boolean', landed[column.name]) }}, false) as {{ column.name }},
        {%- elif column_rule(column, 'default') is not none and column.data_type == 'varchar' %}
        coalesce({{ cast_landed('landed.' ~ column.name, column.data_type, landed[column.name]) }}, '{{ column_rule(column, 'default') }}') as {{ column.name }},
        {%- elif column_rule(column, 'default') is not none %}
        coalesce({{ cast_landed('landed.' ~ column.name, column.data_type, landed[column.name]) }}, cast({{ column_rule(column, 'default') }} as {{ column.data_type }})) as {{ column.name }},
        {%- else %}
        {{ cast_landed('landed.' ~ column.name, column.data_type, landed[column.name]) }} as {{ column.name }},
        {%- endif %}
        {%- endfor %}
        {%- if doubtful %}
        nullif(concat_ws('|'
            {%- for column in doubtful %},
            case when landed.{{ column.name }} is not null and trim(cast(landed.{{ column.name }} as varchar)) <> '' and ({{ cast_landed('landed.' ~ column.name, column.data_type, landed[column.name]) }}) is null then '{{ column.name }}=' || cast(landed.{{ column.name }} as varchar) end
            {%- endfor %}
        ), '') as uncast_columns,
        {%- else %}
        cast(null as varchar) as uncast_columns,
        {%- endif %}
        {%- if datable %}
        nullif(concat_ws('|'
            {%- for column in datable %},
            case when {{ is_bare_date('landed.' ~ column.name, landed[column.name]) }} then '{{ column.name }}' end
            {%- endfor %}
        ), '') as bare_dates
        {%- else %}
        cast(null as varchar) as bare_dates
        {%- endif %}
    from {{ source('raw', table) }} as landed
    {%- if table in staged_tables() %}
    left join {{ source('state', 'row_pins') }} as pins
        on pins.table_name = '{{ table }}'
        and pins.file_id = landed._file_id
        and pins.row_number = landed._row_number
    {%- endif %}
{%- endmacro %}

{#- Names a landed row: its file and its number in it. -#}
{% macro input_row(alias) -%}
    {{ alias }}._file_id || ':' || cast({{ alias }}._row_number as varchar)
{%- endmacro %}

{#- The first reason why a row cannot be read, judged from the row alone. A retraction needs no more than its key. -#}
{% macro row_reason(columns, key, rejects) -%}
        case
            when is_test then 'TEST_MODE'
            {%- for column in columns if column.name in key and column_rule(column, 'required') %}
            when {{ column.name }} is null then 'NULL_KEY'
            {%- endfor %}
            when is_retracted then null
            when uncast_columns is not null then 'BAD_TYPE'
            {%- for column in columns if column_rule(column, 'required') and column.name not in key and column.name not in ('recorded_at', 'source_system', 'source_ref') %}
            when {{ column.name }} is null then 'MISSING_VALUE'
            {%- endfor %}
            {%- for column in columns if column_rule(column, 'one_of') and column.data_type == 'varchar' and not column_rule(column, 'list') %}
            when {{ column.name }} not in ('{{ column_rule(column, 'one_of') | join("', '") }}') then 'UNKNOWN_ENUM'
            {%- endfor %}
            {%- for column in columns if column.name == 'currency' or column.name.endswith('_currency') %}
            when {{ column.name }} not in (select currency from {{ ref('currencies') }}) then 'BAD_CURRENCY'
            {%- endfor %}
            {%- for column in columns if column.data_type.startswith('decimal') %}
            when abs({{ column.name }}) >= {{ '1000000000000000000' if 'quantity' in column.name or 'units' in column.name or column.name in ('tier_from', 'tier_to', 'value', 'measure_value') else '100000000000' }} then 'OUT_OF_RANGE'
            {%- endfor %}
            {%- for from_column, to_column in [('effective_from', 'effective_to'), ('service_start', 'service_end'), ('valid_from', 'valid_to'), ('billing_start', 'billing_end'), ('period_start', 'period_end'), ('applies_from', 'applies_to')] if from_column in columns | map(attribute='name') and to_column in columns | map(attribute='name') %}
            when {{ to_column }} < {{ from_column }} then 'BAD_WINDOW'
            {%- endfor %}
            {%- for reason, predicate in rejects.items() %}
            when {{ predicate }} then '{{ reason }}'
            {%- endfor %}
        end
{%- endmacro %}

{#- What every reader of a staging model takes: rows that hold or held, without the retractions themselves. -#}
{% macro accepted(staging_model) -%}
    (select * from {{ staging_model }} where row_state = 'accepted' and not is_retracted)
{%- endmacro %}

{#- A timestamp column as an instant: a bare date is midnight in the zone, anything else was UTC already. -#}
{% macro instant(column, zone, alias=none) -%}
{%- set prefix = alias ~ '.' if alias else '' -%}
    case
        when {{ has_part(prefix ~ 'bare_dates', column) }}
            then {{ utc_from_local(prefix ~ column, zone) }}
        else {{ prefix }}{{ column }}
    end
{%- endmacro %}
