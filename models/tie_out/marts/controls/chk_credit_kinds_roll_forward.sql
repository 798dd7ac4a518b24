-- One row per book, entity, period and kind of grant whose balance does not open as the period before closed, or does not foot (I14).
with

rolled as (
    select
        book,
        entity_id,
        period_id,
        grant_kind || ' ' || unit_code || ' ' || currency as subject,
        coalesce(lag(closing_units) over in_time, 0) as closed_units,
        coalesce(lag(closing_amount) over in_time, 0) as closed_amount,
        opening_units,
        opening_amount,
        opening_units + granted_units + rolled_units - drawn_units - expired_units - refunded_units as footed_units,
        opening_amount + granted_amount + rolled_amount - drawn_amount - breakage_amount - expired_amount - refunded_amount + blended_amount as footed_amount,
        closing_units,
        closing_amount
    from {{ ref('fct_prepaid_rollforward_by_kind') }}
    window in_time as (partition by book, entity_id, grant_kind, unit_code, currency order by period_ordinal)
),

compared as (
    {%- for what, expected, actual in [
        ('opening units', 'closed_units', 'opening_units'),
        ('opening amount', 'closed_amount', 'opening_amount'),
        ('closing units', 'footed_units', 'closing_units'),
        ('closing amount', 'footed_amount', 'closing_amount'),
    ] %}
        select
            book,
            entity_id,
            period_id,
            subject || ' {{ what }}' as subject,
            {{ expected }} as expected_amount,
            {{ actual }} as actual_amount
        from rolled
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

chk_credit_kinds_roll_forward as (
    select
        'chk_credit_kinds_roll_forward' as control_code,
        book,
        entity_id,
        period_id,
        subject,
        cast(expected_amount as decimal(38, 18)) as expected_amount,
        cast(actual_amount as decimal(38, 18)) as actual_amount
    from compared
    where expected_amount is distinct from actual_amount
)

select * from chk_credit_kinds_roll_forward
