-- One row per commit: its newest snapshot, with what its schedules add up to.
with

copies as (
    select
        *,
        row_number() over (partition by id order by snapshot_id desc) as newest
    from source.contracts_commits
),

latest_commits as (
    select
        copies.id as commit_id,
        copies.customer_id,
        copies.contract_id,
        upper(copies.type) as commit_type,
        units.unit_code,
        units.major_per_unit,
        company.currency as invoice_currency,
        case when company.currency = 'USD' then cast(0.01 as decimal(4, 3)) else cast(1 as decimal(4, 3)) end as major_per_invoiced_unit,
        copies.access_schedule,
        copies.ledger,
        cast(coalesce(list_sum(list_transform(
            from_json(json_extract(copies.invoice_schedule, '$.schedule_items'), '[{"amount": "VARCHAR"}]'),
            lambda item: cast(item.amount as decimal(24, 0))
        )), 0) as decimal(18, 0)) as invoiced_units,
        cast(round(cast(copies.priority as decimal(12, 4)) * 100) as integer) as priority,
        nullif(array_to_string(from_json(copies.applicable_product_ids, '["VARCHAR"]'), '|'), '') as applies_to_product_ids,
        copies.rolled_over_from_commit_id,
        cast(copies.rollover_fraction as decimal(18, 9)) as rollover_fraction,
        copies.created_at,
        copies.archived_at,
        customers.is_test
    from copies
    inner join prepared.credit_units as units
        on units.credit_type_id = json_extract_string(copies.access_schedule, '$.credit_type_id')
    cross join source.company
    left join prepared.latest_customers as customers on customers.customer_id = copies.customer_id
    where copies.newest = 1
)

select * from latest_commits
