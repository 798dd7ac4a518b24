{#
    CTEs that say until when each version of an estimate stands; the last is `versions`.

    stated: name of a CTE with a row per estimate_id and recorded_at, as_of_date and known_until_at.

    A later version does not end an earlier one: it counts from the period that it was made as of, and until then
    the one before it stands, also where one close learned of both. What ends without a next version is withdrawn,
    and all versions before it with it. `versions` has previous_recorded_at and withdrawn_at for known_until_at.
#}
{% macro standing_estimates(stated) -%}
ended as (
    select
        *,
        lag(recorded_at) over in_order as previous_recorded_at,
        lead(recorded_at) over in_order as replaced_at
    from {{ stated }}
    window in_order as (partition by estimate_id order by recorded_at)
),

versions as (
    select
        * exclude (known_until_at, replaced_at),
        min(case when known_until_at is distinct from replaced_at then known_until_at end) over (
            partition by estimate_id order by recorded_at rows between current row and unbounded following
        ) as withdrawn_at
    from ended
)
{%- endmacro %}
