{#-
    Patterns whose fees the terms spread by days; progress among them for as long as its measure is time. Credits that share
    the price of a plan are priced by the days of their interval, and earned as they are used.
-#}
{% macro patterns_by_day() -%}
    ('ratable_by_day', 'service_by_day', 'licence_access', 'progress', 'included_units')
{%- endmacro %}

{#- Patterns whose fees pass by parts as deliveries report them. -#}
{% macro patterns_by_handover() -%}
    ('point_in_time', 'milestone')
{%- endmacro %}

{#- Patterns whose fees are always spread by days. -#}
{% macro patterns_spread_by_day() -%}
    ('ratable_by_day', 'service_by_day', 'licence_access', 'included_units', 'price_only')
{%- endmacro %}

{#- Patterns of promises that pass by time alone. -#}
{% macro patterns_by_time() -%}
    ('ratable_by_day', 'service_by_day', 'licence_access')
{%- endmacro %}

{#- Patterns that price what happens by the unit: there is no fee until it does. -#}
{% macro patterns_by_count() -%}
    ('usage_as_rated', 'outcomes')
{%- endmacro %}

{#- Patterns over whose lines no fee is stated for days or a handover. -#}
{% macro patterns_without_fees() -%}
    ('usage_as_rated', 'outcomes', 'prepaid_units', 'prepaid_refundable', 'trued_up_minimum')
{%- endmacro %}

{#- What a line states for its promise: credits that share the price of their plan cost nothing beside it. -#}
{% macro fee_stated(line, promise) -%}
    coalesce({{ line }}.fixed_amount, case when {{ promise }}.pattern = 'included_units' then 0 end)
{%- endmacro %}

{% macro carries_price_parts(relation=none) %}
    {#- Fees over which other parts of the price are spread: charges for promises, not rights, package prices or discounts. -#}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    (
        {{ prefix }}component in ('fee', 'agency')
        and {{ prefix }}from_date is not null
        and {{ prefix }}pattern not in ('price_only', 'material_right', 'set_up')
    )
{%- endmacro %}

{#- Fees of the terms that govern a segment of a member of a pool (int_segments__members), as a belief sees them. -#}
{% macro fees_of_segment(fees, members) -%}
    {{ fees }}.pool_id = {{ members }}.pool_id
    and {{ fees }}.strand_id = {{ members }}.strand_id
    and {{ fees }}.component = {{ members }}.component
    and {{ fees }}.segment_number = {{ members }}.governed_by_segment_number
    and {{ fees }}.believed_from_ordinal <= {{ members }}.known_from_ordinal
    and {{ fees }}.known_to_ordinal > {{ members }}.known_from_ordinal
{%- endmacro %}

{#
    What a pattern earned, and the same taken back by the close that found the agreement to be no contract, or lost it (D1).

    earned: name of a CTE with the columns of a pattern and until_ordinal, the close at which the contract's window ended.
-#}
{% macro earned_until_lost(earned) -%}
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        rule_code,
        service_ordinal,
        false as is_after_as_of,
        revision,
        amount
    from {{ earned }}

    union all

    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        'D1.CONTRACT_LOST' as rule_code,
        service_ordinal,
        false as is_after_as_of,
        until_ordinal * 10 + {{ family('contract') }} as revision,
        -amount as amount
    from {{ earned }}
    where until_ordinal < 999999
{%- endmacro %}
