{#-
    Whether this run goes on from what an earlier run had read: then input files that were read
    before are not read again. The entry point decides it when it carries that evidence along;
    a full refresh reads everything.

    The source is named before anything is decided: what dbt does not see while it parses is no
    parent of the model, and a model whose parents did not change is kept as it was.
-#}
{% macro goes_on_from_an_earlier_run() -%}
    {%- set input_files = source('state', 'input_files') -%}
    {%- if not execute or flags.FULL_REFRESH -%} {{ return(false) }} {%- endif -%}
    {%- set found = run_query("select count(*) from " ~ input_files ~ " where not is_unread") -%}
    {{ return(found.columns[0].values()[0] > 0) }}
{%- endmacro %}

{#-
    Usage events of the input files that a query names, as a relation. The ids are written out,
    because only constants keep the engine from opening the other files. Where what the query
    reads is not built yet, as when dbt only compiles, it names none.
-#}
{% macro usage_events_of_files(file_id_query, reads=[]) -%}
    {%- set built = [] -%}
    {%- if execute -%}
        {%- for relation in reads if load_relation(relation) is not none -%}{%- do built.append(relation) -%}{%- endfor -%}
    {%- endif -%}
    {%- set ids = run_query(file_id_query).columns[0].values() if execute and built | length == reads | length else [] -%}
    (
        select * from {{ ref('stg_usage_events') }}
        where {% if ids %}_file_id in ('{{ ids | join("', '") }}'){% else %}false{% endif %}
    )
{%- endmacro %}

{#-
    When something was used, by the clock of the line that answers: a bare date begins at midnight of
    its zone. Which zone that is follows from the line; rows without one keep what was given.
-#}
{% macro used_at(rows, column='occurred_at', routes='routes') -%}
    case
            when {{ rows }}.is_local_time then coalesce({{ utc_from_local(rows ~ '.' ~ column, routes ~ '.time_zone') }}, {{ rows }}.{{ column }})
            else {{ rows }}.{{ column }}
        end
{%- endmacro %}

{#- True where an event of usage happened on a bare date; false at no cost where the files hold none. -#}
{% macro is_local_time(events) -%}
    coalesce({{ has_part(events ~ '.bare_dates', 'occurred_at') }}, false)
{%- endmacro %}

{#- What an event cites, the narrowest first, and its meter: 64 bits that name the route it takes. -#}
{% macro cited_route_key(events) -%}
    {{ route_key(
        'case when ' ~ events ~ '.line_id is not null then 3 when ' ~ events ~ '.contract_id is not null then 2 else 1 end',
        'coalesce(' ~ events ~ '.line_id, ' ~ events ~ '.contract_id, ' ~ events ~ '.customer_id)',
        events ~ '.meter_id',
    ) }}
{%- endmacro %}

{% macro route_key(cited_level, cited_id, meter_id) -%}
    {{ hash_64(['cast(' ~ cited_level ~ ' as integer)', cited_id, meter_id]) }}
{%- endmacro %}

{#-
    Groups of an earlier run that later knowledge cuts: their events no longer share one route,
    one day or one known period, or no line answers any more. A price changed inside the group's
    time, a line that ended, a period that was closed since; or a price rates each event alone, or by what
    it carries, and the group no longer knows how much each was. Only their events are read again.
-#}
{% macro groups_cut_since(groups) -%}
    select distinct
        groups.file_id,
        groups.route_key
    from {{ groups }} as groups
    left join {{ ref('int_usage_routes') }} as routes
        on routes.route_key = groups.route_key
        and routes.from_at <= {{ used_at('groups', 'last_occurred_at') }}
        and routes.to_at > {{ used_at('groups', 'first_occurred_at') }}
        and routes.recorded_from_at <= groups.last_recorded_at
        and routes.recorded_until_at > groups.first_recorded_at
    left join {{ ref('dim_accounting_days') }} as days
        on days.entity_id = routes.entity_id
        and days.utc_date = cast({{ used_at('groups', 'first_occurred_at') }} as date)
        and days.from_at <= {{ used_at('groups', 'first_occurred_at') }}
        and days.to_at > {{ used_at('groups', 'first_occurred_at') }}
    left join {{ ref('dim_knowledge_days') }} as first_known
        on first_known.entity_id = routes.entity_id
        and first_known.utc_date = cast(greatest(groups.first_recorded_at, routes.routed_at) as date)
        and first_known.after_at < greatest(groups.first_recorded_at, routes.routed_at)
        and first_known.until_at >= greatest(groups.first_recorded_at, routes.routed_at)
    left join {{ ref('dim_knowledge_days') }} as last_known
        on last_known.entity_id = routes.entity_id
        and last_known.utc_date = cast(greatest(groups.last_recorded_at, routes.routed_at) as date)
        and last_known.after_at < greatest(groups.last_recorded_at, routes.routed_at)
        and last_known.until_at >= greatest(groups.last_recorded_at, routes.routed_at)
    where
        routes.from_at > {{ used_at('groups', 'first_occurred_at') }}
        or routes.to_at <= {{ used_at('groups', 'last_occurred_at') }}
        or routes.recorded_from_at > groups.first_recorded_at
        or routes.recorded_until_at <= groups.last_recorded_at
        or days.to_at <= {{ used_at('groups', 'last_occurred_at') }}
        or greatest(days.period_ordinal, first_known.period_ordinal) <> greatest(days.period_ordinal, last_known.period_ordinal)
        or (groups.reading_at is null) <> (routes.aggregation in ('sum', 'count'))
        or (groups.reading is null and routes.rates_events_alone)
        or (routes.route_key is not null and groups.carries_amounts <> (routes.carried_currency is not null))
        or (routes.route_key is null and groups.unanswered_meter_id is null)
{%- endmacro %}

{#-
    Input files and cited names with events that no contract line answers for, where more or fewer
    of them are kept than the groups count: only for these a file is read.
-#}
{% macro groups_without_a_line(groups, kept_events) -%}
    with

    lineless as (
        select
            groups.file_id,
            groups.route_key,
            groups.unanswered_customer_id,
            groups.unanswered_meter_id,
            sum(groups.event_count) as event_count
        from {{ groups }} as groups
        left join {{ ref('int_usage_routes') }} as routes
            on routes.route_key = groups.route_key
            and routes.from_at <= {{ used_at('groups', 'first_occurred_at') }}
            and routes.to_at > {{ used_at('groups', 'first_occurred_at') }}
            and routes.recorded_from_at <= groups.first_recorded_at
            and routes.recorded_until_at > groups.first_recorded_at
        where
            groups.unanswered_meter_id is not null
            and routes.route_key is null
        group by all
    )
    {%- if kept_events %},

    kept as (
        select
            kept.file_id,
            kept.route_key,
            count(*) as event_count
        from {{ kept_events }} as kept
        inner join {{ source('state', 'input_files') }} as files
            on files.file_id = kept.file_id
            and not files.is_unread
        left join {{ ref('int_usage_routes') }} as routes
            on routes.route_key = kept.route_key
            and routes.from_at <= {{ instant('occurred_at', 'routes.time_zone', 'kept') }}
            and routes.to_at > {{ instant('occurred_at', 'routes.time_zone', 'kept') }}
            and routes.recorded_from_at <= kept.recorded_at
            and routes.recorded_until_at > kept.recorded_at
        where routes.route_key is null
        group by all
    )
    {%- endif %}

    select lineless.*
    from lineless
    {%- if kept_events %}
        left join kept
            on kept.file_id = lineless.file_id
            and kept.route_key = lineless.route_key
        where lineless.event_count is distinct from kept.event_count
    {%- endif %}
{%- endmacro %}
