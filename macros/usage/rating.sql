{#- Why a price cannot be rated from quantities; NULL where it can. -#}
{% macro unrated_price_reason(price, scope_months, bill_months, line_kind) -%}
    case
        -- what is owed whatever is verified is no fee of an outcome, and final before its window closes
        when {{ line_kind }} = 'outcome' and ({{ price }}.model = 'flat' or {{ price }}.minimum_amount > 0) then 'NOT_PER_OUTCOME'
        -- only where events were summed by what they carry
        when {{ price }}.model = 'as_rated' and {{ scope_months }} is null then 'PRICE_MODEL_AS_RATED'
        when {{ price }}.is_plain_rate then null
        -- nothing counts across events; a line whose events have a quantity of their own has a scope for them
        when {{ price }}.scope = 'event' then case when {{ scope_months }} is null then 'EVENT_WITHOUT_QUANTITY' end
        when {{ price }}.model = 'flat' and {{ bill_months }} = 999 then 'FLAT_WITHOUT_PERIOD'
        when
            ({{ price }}.minimum_amount > 0 or {{ price }}.maximum_amount is not null)
            and ({{ counts_across_bills(price, scope_months, bill_months) }} or {{ is_retroactive(price, scope_months) }})
            then 'BOUNDED_TIERS_ACROSS_BILLS'
    end
{%- endmacro %}

{#- The reasons above, and those for which no price applies. -#}
{% macro unrated_reasons() -%}
    {{ return(['NO_PRICE', 'BAD_CURRENCY', 'PRICE_MODEL_AS_RATED', 'EVENT_WITHOUT_QUANTITY', 'FLAT_WITHOUT_PERIOD', 'BOUNDED_TIERS_ACROSS_BILLS', 'NOT_PER_OUTCOME']) }}
{%- endmacro %}

{#
    CTEs that choose, at each close at which it may change, which of several matches holds; the last is `chosen`.

    matches: name of a CTE with the keys, holds_from_ordinal and holds_to_ordinal. Of those that hold at one close the first
    in order_by is chosen: prices of one id may hold at once, and the one that began last goes first. `chosen` has one row per
    keys and known_from_ordinal; where nothing holds any more, its other columns are empty.
-#}
{% macro chosen_at_each_close(matches, keys, order_by) -%}
closes as (
    select
        {{ keys | join(', ') }},
        holds_from_ordinal as known_from_ordinal
    from {{ matches }}
    union
    select
        {{ keys | join(', ') }},
        holds_to_ordinal as known_from_ordinal
    from {{ matches }}
    where holds_to_ordinal < 999999
),

chosen as (
    select
        closes.*,
        {{ matches }}.* exclude ({{ keys | join(', ') }}, holds_from_ordinal, holds_to_ordinal)
    from closes
    left join {{ matches }}
        on {{ matches }}.holds_from_ordinal <= closes.known_from_ordinal
        and {{ matches }}.holds_to_ordinal > closes.known_from_ordinal
        {%- for key in keys %}
            and {{ matches }}.{{ key }} is not distinct from closes.{{ key }}
        {%- endfor %}
    qualify row_number() over (
        partition by closes.{{ keys | join(', closes.') }}, closes.known_from_ordinal
        order by {{ order_by }}
    ) = 1
)
{%- endmacro %}

{#- Revision at which a quantity of usage counts: with its own period, withdrawn, or late. -#}
{% macro usage_revision(usage) -%}
    case
        when {{ usage }}.known_ordinal = {{ usage }}.service_ordinal then {{ usage }}.service_ordinal * 10 + {{ family('normal') }}
        when {{ usage }}.is_withdrawal then {{ usage }}.known_ordinal * 10 + {{ family('void') }}
        else {{ usage }}.known_ordinal * 10 + {{ family('usage') }}
    end
{%- endmacro %}

{#- Units of a quantity that tiers rate: what is beyond the free units, in whole packages where the price counts those. -#}
{% macro rateable_units(quantity, price) -%}
{%- set units = "greatest(" ~ billionths(quantity ~ " - " ~ price ~ ".included_quantity") ~ ", 0)" -%}
{%- set size = billionths(price ~ ".package_size") -%}
    case
        when {{ price }}.package_size is null then greatest({{ quantity }} - {{ price }}.included_quantity, 0)
        when {{ price }}.package_rounding = 'down' then {{ from_billionths(int_div(units, size) ~ " * " ~ size) }}
        when {{ price }}.package_rounding = 'nearest' then {{ from_billionths(int_div(units ~ " * 2 + " ~ size, size ~ " * 2") ~ " * " ~ size) }}
        else {{ from_billionths(int_div(units ~ " + " ~ size ~ " - 1", size) ~ " * " ~ size) }}
    end
{%- endmacro %}

{#-
    CTEs that tell what each revision changed in charges that hold from one revision until another; the last is `changed`.

    valued: name of a CTE with the columns of the grain below, from_revision, to_revision and amount.
-#}
{% macro changes_of_charges(valued) -%}
moves as (
    select
        *,
        from_revision as revision
    from {{ valued }}

    union all

    select
        * replace (-amount as amount),
        to_revision as revision
    from {{ valued }}
    where to_revision < 99999999
),

changed as (
    select
        line_id,
        contract_id,
        entity_id,
        line_segment_number,
        segment_from_at,
        service_ordinal,
        unit_code,
        revision,
        cast(sum(amount) as decimal(38, 18)) as amount
    from moves
    group by all
    having sum(amount) <> 0
)
{%- endmacro %}

{#- What units cost in the step of the price that they reach; nothing where they reach none. -#}
{% macro amount_in_step(units, step) -%}
    coalesce({{ step }}.amount_before + {{ amount_at_rate(units ~ " - " ~ step ~ ".counted_from", step ~ ".rate_whole", step ~ ".rate_rest") }}, 0)
{%- endmacro %}

{#- An amount less a share of it, such as a discount by rate, exact to the 18th decimal. -#}
{% macro less_share(amount, share) -%}
    case
        when {{ share }} > 0 then {{ share_of_measure(amount, billionths('1 - ' ~ share), '1000000000') }}
        else {{ amount }}
    end
{%- endmacro %}

{#- Of what a revision changed, the part that outcomes given back explain (`fct_outcome_returns` as returns). -#}
{% macro share_of_return(amount) -%}
    {{ wide_share_of(amount, billionths('returns.returned_amount'), billionths('returns.charged_amount')) }}
{%- endmacro %}

{#- What is taken off a rate by the line's own terms and, off that price, by discounts: a share. -#}
{% macro discounts_together(own_rate, off_rate) -%}
    case
        when {{ off_rate }} > 0 then cast(1 - (1 - cast(coalesce({{ own_rate }}, 0) as decimal(10, 9))) * (1 - {{ off_rate }}) as decimal(38, 9))
        else {{ own_rate }}
    end
{%- endmacro %}
