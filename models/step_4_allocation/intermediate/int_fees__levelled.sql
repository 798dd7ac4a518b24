{{ config(materialized='view') }} {#- almost all fees pass as stated and are not written again -#}
-- One row per version of a fixed fee, segment, interval and component of it: the amount allocated to its performance obligation, one price for the steps of a ramp.
with

int_fees__levelled as (
    select * from {{ ref('int_fees__with_rights') }}
    where line_id not in (select line_id from {{ ref('fct_ramp_steps') }})
    union all by name
    select * from {{ ref('int_ramps__fees') }}
)

select * from int_fees__levelled
