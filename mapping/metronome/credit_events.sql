-- One row per entry of a commit's ledger that says more than that the commit began.
--
-- Draws are per invoice, so they only reconcile with the drawdown that usage drives.
with

children as (
    select
        rolled_over_from_commit_id as commit_id,
        min(grant_id) as related_grant_id
    from prepared.commit_segments
    where rolled_over_from_commit_id is not null
    group by rolled_over_from_commit_id
),

named as (
    select
        entries.*,
        coalesce(entries.segment_id, last_segments.segment_id) as of_segment_id,
        case
            when entries.entry_type like '%_automated_invoice_deduction' then 'draw'
            when entries.entry_type like '%_expiration' then 'expire'
            when entries.entry_type like '%_rollover' then 'rollover'
            when entries.entry_type like '%_canceled' or entries.entry_type like '%_credited' then 'void'
            when entries.entry_type like '%_manual' and entries.units < 0 then 'void'
            when entries.entry_type like '%_manual' then 'undraw'
        end as kind
    from prepared.ledger_entries as entries
    inner join prepared.commit_segments as last_segments
        on last_segments.commit_id = entries.commit_id
        and last_segments.is_last
        and last_segments.commit_type <> 'POSTPAID'
)

select
    named.commit_id || ':' || named.of_segment_id || ':' || named.entry_type || ':'
        || cast(named.occurred_at as varchar) || ':' || coalesce(named.invoice_id, '') as credit_event_id,
    named.commit_id || ':' || named.of_segment_id as grant_id,
    named.kind,
    cast(abs(named.units) * named.major_per_unit as decimal(38, 9)) as units,
    named.occurred_at,
    case when named.kind = 'rollover' then children.related_grant_id end as related_grant_id,
    named.reason,
    'metronome' as source_system,
    named.occurred_at as recorded_at,
    named.is_test
from named
left join children on children.commit_id = named.commit_id
where named.kind is not null
