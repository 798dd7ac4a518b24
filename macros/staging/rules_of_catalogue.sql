{#- True where a bundle names a product that is not there. -#}
{% macro unknown_components() -%}
    candidate.component_product_ids is not null
    and candidate.input_row not in (
        select bundles.input_row
        from known as bundles
        inner join known as parts
            on position('|' || parts.product_id || '|' in '|' || bundles.component_product_ids || '|') > 0
        group by bundles.input_row, bundles.component_product_ids
        having count(distinct parts.product_id) > length(bundles.component_product_ids) - length(replace(bundles.component_product_ids, '|', ''))
    )
{%- endmacro %}

{#- The tiers that one recording states for a price: they are judged, and refused, together. -#}
{% macro tier_set() -%} price_id, valid_from, dim_1_value, dim_2_value, recorded_at {%- endmacro %}

{#- True where the tiers of one set leave a gap, overlap, do not start at zero or do not end open. -#}
{% macro tiers_do_not_tile() -%}
    candidate.input_row in (
        select input_row
        from (
            select
                input_row,
                max(case
                    when tier_from_or_zero <> coalesce(previous_to, 0) or place > 1 and previous_to is null then 1
                    when place = tier_count and tier_to is not null then 1
                    else 0
                end) over (partition by {{ tier_set() }}) as is_broken
            from (
                select
                    *,
                    coalesce(tier_from, 0) as tier_from_or_zero,
                    lag(tier_to) over (partition by {{ tier_set() }} order by tier_no, input_row) as previous_to,
                    row_number() over (partition by {{ tier_set() }} order by tier_no, input_row) as place,
                    count(*) over (partition by {{ tier_set() }}) as tier_count
                from known
            ) as placed
        ) as judged
        where is_broken = 1
    )
{%- endmacro %}

{#- True where tiers of one set differ in what belongs to the whole price. -#}
{% macro tiers_differ() -%}
    candidate.input_row in (
        select input_row
        from (
            select
                input_row,
                terms,
                first_value(terms) over (partition by {{ tier_set() }} order by terms) as first_terms,
                first_value(terms) over (partition by {{ tier_set() }} order by terms desc) as last_terms
            from (
                select
                    *,
                    {{ row_fingerprint(['model', 'unit_code', 'package_size', 'package_rounding', 'included_quantity', 'minimum_amount', 'maximum_amount', 'tier_scope', 'dim_1_key', 'dim_2_key', 'valid_to']) }} as terms
                from known
            ) as printed
        ) as compared
        where first_terms <> last_terms
    )
{%- endmacro %}

{#- True where an account of one product has no account of its role beside it for the others. -#}
{% macro no_default_account() -%}
    candidate.product_id is not null
    and not exists (
        select 1 from known as default_accounts
        where
            default_accounts.product_id is null
            and default_accounts.posting_role = candidate.posting_role
            and default_accounts.entity_id in (candidate.entity_id, '*')
    )
{%- endmacro %}
