-- One row per line of an invoice that Metronome itself issued, fractions of a cent included.
with

copies as (
    select
        *,
        row_number() over (partition by id order by updated_at desc) as newest
    from source.line_item
)

select
    line.id as document_line_id,
    line.invoice_id as document_id,
    case
        when line.commit_id is not null and cast(line.total as decimal(24, 9)) < 0 then 'credit_draw'
        when line.commit_id is not null then 'minimum_commitment'
        else 'usage'
    end as line_kind,
    case
        when line.commit_id is not null then line.commit_id
        else invoices.contract_id || ':' || line.product_id
    end as line_id,
    line.product_id,
    cast(abs(cast(line.quantity as decimal(24, 9))) as decimal(38, 9)) as quantity,
    cast(cast(line.total as decimal(24, 6)) * invoices.major_per_unit as decimal(38, 9)) as net_amount,
    line.starting_at as period_start,
    line.ending_before as period_end,
    'metronome' as source_system,
    invoices.issued_at as recorded_at,
    invoices.is_test
from copies as line
inner join prepared.own_invoices as invoices on invoices.invoice_id = line.invoice_id
where line.newest = 1
