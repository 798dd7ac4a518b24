-- One row per set of books, document line and step: what it changed in the amount billed or paid, and in the amount paid.
--
-- Billed or paid is the greater of what is unconditional and what was paid: what is paid before
-- it is due joins the contract's position without a receivable. All is a running sum, so the
-- order in which rows arrived does not matter.
with

gates as (
    select * from {{ ref('fct_contract_windows') }}
    where is_standing
),

rights as (
    select
        gates.book_scope,
        rights.document_line_id,
        rights.step_date,
        greatest(rights.posting_ordinal, gates.gate_ordinal) as posting_ordinal,
        0 as step_order,
        'right' as funding,
        cast(null as varchar) as cash_row_id,
        cast(rights.gross_minor as {{ wide_integer() }}) as right_minor,
        cast(0 as {{ wide_integer() }}) as settled_minor
    from {{ ref('int_billing_steps__rights') }} as rights
    inner join {{ ref('fct_billing_lines') }} as lines on lines.document_line_id = rights.document_line_id
    inner join gates
        on gates.contract_id = lines.contract_id
        and gates.gate_ordinal is not null
        and gates.from_date <= lines.performed_from_date
        and gates.to_date > lines.performed_from_date
),

settlements as (
    select
        gates.book_scope,
        settlements.document_line_id,
        settlements.step_date,
        greatest(settlements.posting_ordinal, gates.gate_ordinal) as posting_ordinal,
        1 as step_order,
        -- cash from before the contract qualified waited as a deposit
        case
            when settlements.posting_ordinal < gates.gate_ordinal and settlements.funding = 'cash' then 'deposit'
            else settlements.funding
        end as funding,
        settlements.cash_row_id,
        cast(0 as {{ wide_integer() }}) as right_minor,
        cast(settlements.settled_minor as {{ wide_integer() }}) as settled_minor
    from {{ ref('int_billing_steps__settlements') }} as settlements
    inner join {{ ref('fct_billing_lines') }} as lines on lines.document_line_id = settlements.document_line_id
    inner join gates
        on gates.contract_id = lines.contract_id
        and gates.gate_ordinal is not null
        and gates.from_date <= lines.performed_from_date
        and gates.to_date > lines.performed_from_date
),

steps as (
    select * from rights
    union all
    select * from settlements
),

running as (
    select
        steps.*,
        sum(right_minor) over in_order as right_to_date,
        sum(settled_minor) over in_order as settled_to_date,
        row_number() over in_order as step_number
    from steps
    window in_order as (
        partition by book_scope, document_line_id
        order by posting_ordinal, step_date, step_order, cash_row_id, right_minor
        rows between unbounded preceding and current row
    )
),

-- What was billed before a step follows from the same sums without it.
billed as (
    select
        running.*,
        lines.net_minor,
        lines.tax_minor,
        coalesce(obligation_lines.third_party_share, 0) as third_party_share,
        case
            when lines.net_minor + lines.tax_minor >= 0 then greatest(right_to_date, settled_to_date)
            else least(right_to_date, settled_to_date)
        end as billed_to_date,
        case
            when lines.net_minor + lines.tax_minor >= 0 then greatest(right_to_date - right_minor, settled_to_date - settled_minor)
            else least(right_to_date - right_minor, settled_to_date - settled_minor)
        end as billed_before
    from running
    inner join {{ ref('fct_billing_lines') }} as lines on lines.document_line_id = running.document_line_id
    left join {{ ref('dim_obligation_lines') }} as obligation_lines on obligation_lines.line_id = lines.line_id
),

-- Tax is a share of the cumulative, so that its parts add up.
taxed as (
    select
        *,
        case
            when net_minor + tax_minor = 0 then 0
            else {{ int_div('billed_to_date * cast(tax_minor as ' ~ wide_integer() ~ ')', 'cast(net_minor + tax_minor as ' ~ wide_integer() ~ ')') }}
        end as billed_tax_to_date,
        case
            when net_minor + tax_minor = 0 then 0
            else {{ int_div('billed_before * cast(tax_minor as ' ~ wide_integer() ~ ')', 'cast(net_minor + tax_minor as ' ~ wide_integer() ~ ')') }}
        end as billed_tax_before
    from billed
),

-- An agent bills for another principal too: what is not its commission, in whole minor units, is owed to that one.
shared as (
    select
        *,
        case
            when third_party_share = 0 then 0
            else billed_to_date - billed_tax_to_date - {{ rounded_share('billed_to_date - billed_tax_to_date', '1 - third_party_share') }}
        end as billed_principal_to_date,
        case
            when third_party_share = 0 then 0
            else billed_before - billed_tax_before - {{ rounded_share('billed_before - billed_tax_before', '1 - third_party_share') }}
        end as billed_principal_before
    from taxed
),

int_billing_steps as (
    select
        book_scope,
        document_line_id,
        step_number,
        step_date,
        posting_ordinal,
        funding,
        cash_row_id,
        cast(settled_minor as decimal(38, 0)) as settled_minor,
        cast(billed_to_date - billed_before as decimal(38, 0)) as billed_minor,
        cast(billed_tax_to_date - billed_tax_before as decimal(38, 0)) as billed_tax_minor,
        cast(billed_principal_to_date - billed_principal_before as decimal(38, 0)) as billed_principal_minor
    from shared
)

select * from int_billing_steps
