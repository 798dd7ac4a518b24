{#- Lateral series of month starts from the month of one date to the month of another, as column month_start. -#}
{% macro month_series(from_date, to_date) -%}
    {{ return(adapter.dispatch('month_series', 'inference_revenue')(from_date, to_date)) }}
{%- endmacro %}
{% macro default__month_series(from_date, to_date) -%}
    lateral (
        select unnest(generate_series(
            cast(date_trunc('month', {{ from_date }}) as timestamp), cast({{ to_date }} as timestamp), interval 1 month
        )) as month_start
    ) as month_starts
{%- endmacro %}
{% macro spark__month_series(from_date, to_date) -%}
    lateral explode(sequence(cast(trunc({{ from_date }}, 'MM') as timestamp), cast({{ to_date }} as timestamp), interval 1 month)) as month_starts(month_start)
{%- endmacro %}

{#- Lateral series of days, both ends included, as column series_date. -#}
{% macro day_series(from_date, to_date) -%}
    {{ return(adapter.dispatch('day_series', 'inference_revenue')(from_date, to_date)) }}
{%- endmacro %}
{% macro default__day_series(from_date, to_date) -%}
    lateral (
        select cast(unnest(generate_series(
            cast({{ from_date }} as timestamp), cast({{ to_date }} as timestamp), interval 1 day
        )) as date) as series_date
    ) as series_dates
{%- endmacro %}
{% macro spark__day_series(from_date, to_date) -%}
    lateral explode(sequence(cast({{ from_date }} as date), cast({{ to_date }} as date), interval 1 day)) as series_dates(series_date)
{%- endmacro %}

{#- Lateral series of whole numbers, both ends included, as column series_number. -#}
{% macro number_series(from_number, to_number) -%}
    {{ return(adapter.dispatch('number_series', 'inference_revenue')(from_number, to_number)) }}
{%- endmacro %}
{% macro default__number_series(from_number, to_number) -%}
    lateral (
        select cast(unnest(generate_series({{ from_number }}, {{ to_number }})) as integer) as series_number
    ) as series_numbers
{%- endmacro %}
{% macro spark__number_series(from_number, to_number) -%}
    lateral explode(sequence({{ from_number }}, {{ to_number }})) as series_numbers(series_number)
{%- endmacro %}

{#- '2026-03': sorts in time. -#}
{% macro year_month(date) -%}
    cast(extract(year from {{ date }}) as varchar) || '-' || lpad(cast(extract(month from {{ date }}) as varchar), 2, '0')
{%- endmacro %}

{#- Whole days from one date to another. -#}
{% macro days_between(from_date, to_date) -%}
    {{ return(adapter.dispatch('days_between', 'inference_revenue')(from_date, to_date)) }}
{%- endmacro %}
{% macro default__days_between(from_date, to_date) -%} cast(date_diff('day', {{ from_date }}, {{ to_date }}) as bigint) {%- endmacro %}
{% macro spark__days_between(from_date, to_date) -%} cast(datediff({{ to_date }}, {{ from_date }}) as bigint) {%- endmacro %}

{#- A timestamp some months later; the 31st becomes the last day of a shorter month. -#}
{% macro add_months(timestamp, months) -%}
    {{ return(adapter.dispatch('add_months', 'inference_revenue')(timestamp, months)) }}
{%- endmacro %}
{% macro default__add_months(timestamp, months) -%} ({{ timestamp }} + to_months(cast({{ months }} as integer))) {%- endmacro %}
{% macro spark__add_months(timestamp, months) -%} ({{ timestamp }} + make_ym_interval(0, {{ months }})) {%- endmacro %}

{#- A timestamp some days later. -#}
{% macro add_days(timestamp, days) -%}
    {{ return(adapter.dispatch('add_days', 'inference_revenue')(timestamp, days)) }}
{%- endmacro %}
{% macro default__add_days(timestamp, days) -%} ({{ timestamp }} + to_days(cast({{ days }} as integer))) {%- endmacro %}
{% macro spark__add_days(timestamp, days) -%} ({{ timestamp }} + make_dt_interval({{ days }})) {%- endmacro %}

{#- Firsts of a month passed from one date to another. -#}
{% macro months_between(from_date, to_date) -%}
    {{ return(adapter.dispatch('months_between', 'inference_revenue')(from_date, to_date)) }}
{%- endmacro %}
{% macro default__months_between(from_date, to_date) -%} cast(date_diff('month', {{ from_date }}, {{ to_date }}) as integer) {%- endmacro %}
{% macro spark__months_between(from_date, to_date) -%} cast(months_between(trunc({{ to_date }}, 'MM'), trunc({{ from_date }}, 'MM')) as integer) {%- endmacro %}

{#- Whole seconds from one instant to another. -#}
{% macro seconds_between(from_at, to_at) -%}
    {{ return(adapter.dispatch('seconds_between', 'inference_revenue')(from_at, to_at)) }}
{%- endmacro %}
{% macro default__seconds_between(from_at, to_at) -%} date_diff('second', {{ from_at }}, {{ to_at }}) {%- endmacro %}
{% macro spark__seconds_between(from_at, to_at) -%} (unix_timestamp({{ to_at }}) - unix_timestamp({{ from_at }})) {%- endmacro %}

{#- A timestamp some hours later. -#}
{% macro add_hours(timestamp, hours) -%}
    {{ return(adapter.dispatch('add_hours', 'inference_revenue')(timestamp, hours)) }}
{%- endmacro %}
{% macro default__add_hours(timestamp, hours) -%} ({{ timestamp }} + to_hours(cast({{ hours }} as integer))) {%- endmacro %}
{% macro spark__add_hours(timestamp, hours) -%} ({{ timestamp }} + make_dt_interval(0, {{ hours }})) {%- endmacro %}
