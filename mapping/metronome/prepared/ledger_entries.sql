-- One row per entry of a commit's ledger: its JSON as plain columns.
with

entries as (
    select
        commits.commit_id,
        commits.major_per_unit,
        commits.is_test,
        unnest(from_json(
            commits.ledger,
            '[{"type": "VARCHAR", "timestamp": "VARCHAR", "amount": "VARCHAR", "segment_id": "VARCHAR", "invoice_id": "VARCHAR", "new_contract_id": "VARCHAR", "reason": "VARCHAR"}]'
        )) as entry
    from prepared.latest_commits as commits
    where commits.ledger is not null
),

ledger_entries as (
    select
        commit_id,
        major_per_unit,
        is_test,
        lower(entry.type) as entry_type,
        cast(cast(entry.timestamp as timestamptz) as timestamp) as occurred_at,
        cast(entry.amount as decimal(24, 6)) as units,
        entry.segment_id,
        entry.invoice_id,
        entry.new_contract_id,
        entry.reason
    from entries
)

select * from ledger_entries
