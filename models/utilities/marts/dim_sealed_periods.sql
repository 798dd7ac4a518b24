-- One row per closed period whose postings are stored, where this run knows the same close.
--
-- A run as of an earlier date does not know later closes, and a period that was reopened and
-- closed again has another cut-off: what was stored then does not count.
with

dim_sealed_periods as (
    select
        periods.entity_id,
        periods.period_id,
        periods.period_ordinal
    from {{ ref('dim_accounting_periods') }} as periods
    inner join {{ source('state', 'seals') }} as seals
        on seals.entity_id = periods.entity_id
        and seals.period_id = periods.period_id
        and seals.knowledge_cutoff_at = periods.knowledge_cutoff_at
    where periods.state = 'closed'
)

select * from dim_sealed_periods
