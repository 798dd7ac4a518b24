-- One row per month and state it reached, for both books.
select
    company.entity_id,
    '*' as book,
    substr(cast(month_start as varchar), 1, 7) as period_id,
    month_start as period_start,
    month_end as period_end,
    state,
    cutoff_at as knowledge_cutoff_at,
    changed_by,
    'close_calendar' as source_system,
    changed_at as recorded_at
from source.close_calendar
cross join source.company
