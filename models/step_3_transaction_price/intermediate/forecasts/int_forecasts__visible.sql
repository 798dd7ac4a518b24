-- One row per usage line and version of a forecast of its units that may count: the closes that may count it (D7).
with

tiers as (
    {{ review_tiers(ref('int_forecasts__exposures')) }}
),

{{ visible_by_review(ref('int_forecasts__statements'), 'tiers') }},

int_forecasts__visible as (
    select * from visible
)

select * from int_forecasts__visible
