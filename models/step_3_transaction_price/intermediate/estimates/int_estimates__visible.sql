-- One row per subject and version of an estimate about it that may count: the closes that may count it (D7).
with

{{ visible_by_review(ref('int_estimates__statements'), ref('int_estimates__exposures')) }},

int_estimates__visible as (
    select * from visible
)

select * from int_estimates__visible
