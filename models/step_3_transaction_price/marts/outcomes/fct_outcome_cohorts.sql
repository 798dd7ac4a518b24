-- One row per entity, outcome product, currency and period of outcomes: what has become of them by now, in number and fees.
with

fct_outcome_cohorts as (
    select
        entity_id,
        product_id,
        currency,
        occurred_period_id,
        cast(sum(quantity) as decimal(38, 9)) as resolved_count,
        {%- for state in ['confirmed', 'reversed', 'given_back'] %}
            cast(sum(case when state = '{{ state }}' then quantity else 0 end) as decimal(38, 9)) as {{ state }}_count,
        {%- endfor %}
        cast(sum(case when state in ('provisional', 'disputed') then quantity else 0 end) as decimal(38, 9)) as open_count,
        -- the curve of reversals: how soon after they were reached
        {%- for days in [1, 3, 7, 14, 30] %}
            cast(sum(case when state in ('reversed', 'given_back') and ended_at < {{ add_days('occurred_at', days) }} then quantity else 0 end) as decimal(38, 9)) as taken_back_within_{{ days }}_days,
        {%- endfor %}
        cast(coalesce(sum(fee_amount), 0) as decimal(38, 18)) as resolved_amount,
        cast(coalesce(sum(case when state in ('reversed', 'given_back') then fee_amount end), 0) as decimal(38, 18)) as taken_back_amount,
        cast(coalesce(sum(case when state in ('provisional', 'disputed') then fee_amount end), 0) as decimal(38, 18)) as open_amount
    from {{ ref('fct_outcomes') }}
    where occurred_period_id is not null
    group by entity_id, product_id, currency, occurred_period_id
)

select * from fct_outcome_cohorts
