{#-
    What one of the units that subjects hold costs by itself: the book's price for all, or for the entity or the customer, as known then.

    subjects: relation with product_id, entity_id, customer_id, currency, time_zone, quantity and known_ordinal (the close that
    decides). key: column that names a subject. priced_at: column with the instant whose price counts.
-#}
{% macro price_of_a_credit(subjects, key, priced_at) -%}
    select
        {{ subjects }}.{{ key }},
        book.rate_amount,
        book.rate_per_quantity,
        book.ssp_id
    from {{ subjects }}
    inner join {{ accepted(ref('stg_standalone_selling_prices')) }} as book
        on book.product_id = {{ subjects }}.product_id
        and book.currency = {{ subjects }}.currency
        and (
            book.scope_type = 'global'
            or book.scope_type = 'entity' and book.scope_id = {{ subjects }}.entity_id
            or book.scope_type = 'customer' and book.scope_id = {{ subjects }}.customer_id
        )
        and coalesce({{ instant('valid_from', subjects ~ '.time_zone', 'book') }}, timestamp '0001-01-01') <= {{ subjects }}.{{ priced_at }}
        and coalesce({{ instant('valid_to', subjects ~ '.time_zone', 'book') }}, timestamp '9999-12-31') > {{ subjects }}.{{ priced_at }}
        and coalesce(book.quantity_from, 0) <= {{ subjects }}.quantity
    {{ join_known_period('known', subjects ~ '.entity_id', 'book.recorded_at') }}
    {{ join_known_period('replaced', subjects ~ '.entity_id', 'book.known_until_at') }}
    where
        known.period_ordinal <= {{ subjects }}.known_ordinal
        and coalesce(replaced.period_ordinal, 999999) > {{ subjects }}.known_ordinal
    qualify row_number() over (
        partition by {{ subjects }}.{{ key }}
        order by
            case book.scope_type when 'customer' then 1 when 'entity' then 2 else 3 end,
            book.quantity_from desc nulls last, book.valid_from desc nulls last, book.recorded_at desc, book.ssp_id asc
    ) = 1
{%- endmacro %}
