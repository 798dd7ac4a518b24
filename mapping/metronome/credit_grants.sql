-- One row per segment of a prepaid commit or credit: a lot that can be used in its own window.
--
-- What nobody pays for is promotional until you know better: a credit that comes with a plan is an
-- entitlement, one owed for poor service a service_credit. Metronome calls all of them credits.
with

parents as (
    select
        commit_id,
        grant_id
    from prepared.commit_segments
    where is_last
)

select
    segments.grant_id,
    segments.customer_id,
    segments.contract_id,
    case
        when segments.rolled_over_from_commit_id is null and segments.invoiced_units > 0 and segments.contract_id is not null
            then segments.commit_id
    end as line_id,
    case
        when segments.rolled_over_from_commit_id is not null then 'rollover'
        when segments.commit_type = 'CREDIT' or segments.invoiced_units = 0 then 'promotional'
        when segments.contract_id is null then 'top_up'
        else 'commitment'
    end as grant_kind,
    cast(segments.access_units * segments.major_per_unit as decimal(38, 9)) as units_granted,
    segments.unit_code,
    -- invoices are in money, whatever the credits count
    cast(
        case
            when segments.rolled_over_from_commit_id is not null or segments.commit_type = 'CREDIT' then 0
            else segments.invoiced_share * segments.major_per_invoiced_unit
        end as decimal(38, 9)
    ) as consideration_amount,
    segments.invoice_currency as consideration_currency,
    coalesce(segments.created_at, segments.starts_at) as granted_at,
    segments.starts_at as effective_at,
    segments.ends_before as expires_at,
    segments.priority,
    segments.applies_to_product_ids,
    parents.grant_id as parent_grant_id,
    'metronome' as source_system,
    segments.created_at as recorded_at,
    segments.is_test
from prepared.commit_segments as segments
left join parents on parents.commit_id = segments.rolled_over_from_commit_id
where segments.commit_type <> 'POSTPAID'
