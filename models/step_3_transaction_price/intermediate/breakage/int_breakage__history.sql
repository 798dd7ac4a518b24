-- One row per lot and closes over which they say the same: what the company's own history expects never to be used of it (D11).
with

cohorts as (
    select
        *,
        has_enough and is_stable and not needs_review and lower_share > 0 as is_supported
    from {{ ref('int_breakage__fitted') }}
    where age is null
),

changed as (
    select *
    from cohorts
    window in_order as (partition by entity_id, cohort_level, cohort order by close_ordinal)
    qualify
        row_number() over in_order = 1
        or breakage_share is distinct from lag(breakage_share) over in_order
        or lower_share is distinct from lag(lower_share) over in_order
        or is_supported is distinct from lag(is_supported) over in_order
),

versions as (
    select
        *,
        lead(close_ordinal, 1, 999999) over (partition by entity_id, cohort_level, cohort order by close_ordinal) as next_ordinal
    from changed
),

lots as (
    select *
    from {{ ref('int_breakage__histories') }}
    qualify row_number() over (partition by grant_id order by known_from_ordinal) = 1
),

{% set levels = ['wide_cohort', 'product_cohort', 'size_cohort'] -%}
named as (
    {%- for level in levels %}
        select
            grant_id,
            entity_id,
            begun_ordinal,
            {{ loop.index0 }} as cohort_level,
            {{ level }} as cohort
        from lots
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

matched as (
    select
        named.grant_id,
        versions.cohort_level,
        versions.cohort,
        versions.breakage_share,
        versions.lower_share,
        versions.is_supported,
        greatest(versions.close_ordinal, named.begun_ordinal) as from_ordinal,
        versions.next_ordinal
    from named
    inner join versions
        on versions.entity_id = named.entity_id
        and versions.cohort_level = named.cohort_level
        and versions.cohort = named.cohort
        and versions.next_ordinal > named.begun_ordinal
),

closes as (
    select distinct
        grant_id,
        from_ordinal
    from matched
),

-- The narrowest cohort that the close could fit speaks for the lot.
narrowest as (
    select
        closes.grant_id,
        closes.from_ordinal,
        matched.cohort,
        matched.breakage_share,
        matched.lower_share,
        matched.is_supported
    from closes
    inner join matched
        on matched.grant_id = closes.grant_id
        and matched.from_ordinal <= closes.from_ordinal
        and matched.next_ordinal > closes.from_ordinal
    qualify row_number() over (partition by closes.grant_id, closes.from_ordinal order by matched.cohort_level desc) = 1
),

int_breakage__history as (
    select
        grant_id,
        cast(from_ordinal as integer) as from_ordinal,
        cast(lead(from_ordinal, 1, 999999) over (partition by grant_id order by from_ordinal) as integer) as to_ordinal,
        cohort,
        cast(breakage_share as decimal(10, 9)) as expected_share,
        cast(lower_share as decimal(10, 9)) as constrained_share,
        is_supported
    from narrowest
)

select * from int_breakage__history
