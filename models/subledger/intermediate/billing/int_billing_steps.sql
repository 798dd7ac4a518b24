-- One row per set of books, document line and step: what it changed in what is billed or paid, settled, owed back and written off in vain.
--
-- Billed or paid is the greater of what is unconditional and what was paid: what is paid before it is due joins the
-- contract's position without a receivable, as does what is paid beyond an invoice: there is no tax and no other principal
-- in that, nor in what was paid of an invoice that is void. What is paid beyond a credited invoice is owed back (ASC
-- 606-10-32-10, IFRS 15.55); what was written off before is recovered first. Running sums: the order of arrival does not matter.
with

movements as (
    select
        * replace (
            cast(right_minor as {{ wide_integer() }}) as right_minor,
            cast(credit_minor as {{ wide_integer() }}) as credit_minor,
            cast(credit_tax_minor as {{ wide_integer() }}) as credit_tax_minor,
            cast(settled_minor as {{ wide_integer() }}) as settled_minor
        )
    from {{ ref('int_billing_steps__documents') }}
),

lines as (
    select
        lines.document_line_id,
        lines.document_id,
        coalesce(obligation_lines.third_party_share, 0) as third_party_share,
        cast(lines.net_minor + lines.tax_minor as {{ wide_integer() }}) as gross_minor,
        cast(lines.tax_minor as {{ wide_integer() }}) as tax_minor,
        cast(sum(lines.net_minor + lines.tax_minor) over (partition by lines.document_id) as {{ wide_integer() }}) as document_minor,
        row_number() over (partition by lines.document_id order by lines.document_line_id) as line_rank
    from {{ ref('fct_billing_lines') }} as lines
    left join {{ ref('dim_obligation_lines') }} as obligation_lines on obligation_lines.line_id = lines.line_id
),

by_line as (
    select
        book_scope,
        document_line_id,
        step_number,
        sum(right_minor) as right_minor,
        sum(credit_minor) as credit_minor,
        sum(credit_tax_minor) as credit_tax_minor
    from movements
    where document_line_id is not null
    group by book_scope, document_line_id, step_number
),

by_document as (
    select
        book_scope,
        document_id,
        step_number,
        step_date,
        posting_ordinal,
        funding,
        step_id,
        sum(sum(credit_minor)) over in_order as credited,
        sum(sum(settled_minor)) over in_order as settled,
        sum(sum(case when funding = 'write_off' then settled_minor else 0 end)) over in_order as written_off,
        max(max(case when is_void then 1 else 0 end)) over in_order = 1 as is_void
    from movements
    group by book_scope, document_id, step_number, step_date, posting_ordinal, funding, step_id
    window in_order as (
        partition by book_scope, document_id order by step_number
        rows between unbounded preceding and current row
    )
),

placed as (
    select
        steps.*,
        lines.document_line_id,
        lines.line_rank,
        lines.third_party_share,
        lines.gross_minor,
        lines.document_minor - steps.credited as document_left,
        greatest(steps.settled - case when steps.is_void then 0 else lines.document_minor - steps.credited end, 0) as beyond,
        sum(coalesce(by_line.right_minor, 0)) over line_order as unconditional,
        lines.gross_minor - sum(coalesce(by_line.credit_minor, 0)) over line_order as line_left,
        lines.tax_minor - sum(coalesce(by_line.credit_tax_minor, 0)) over line_order as tax_left
    from by_document as steps
    inner join lines on lines.document_id = steps.document_id
    left join by_line
        on by_line.book_scope = steps.book_scope
        and by_line.document_line_id = lines.document_line_id
        and by_line.step_number = steps.step_number
    window line_order as (
        partition by steps.book_scope, lines.document_line_id order by steps.step_number
        rows between unbounded preceding and current row
    )
),

undone as (
    select
        *,
        -- what was written off of it need not have been, the rest was paid
        least(beyond, greatest(written_off, 0)) as undone,
        case when credited > 0 then beyond - least(beyond, greatest(written_off, 0)) else 0 end as owed_back
    from placed
),

summed as (
    select
        *,
        sum(line_left) over (
            partition by book_scope, document_id, step_number order by line_rank
            rows between unbounded preceding and current row
        ) as left_up_to,
        settled - undone - owed_back as kept
    from undone
),

-- Shares of the document's lines: differences of the truncated cumulative add up to the whole.
shared as (
    select
        *,
        case
            when document_left = 0 then 0
            else {{ int_div('kept * left_up_to', 'document_left') }} - {{ int_div('kept * (left_up_to - line_left)', 'document_left') }}
        end as line_settled
    from summed
),

billed as (
    select
        *,
        case
            when gross_minor >= 0 then greatest(least(unconditional, line_left), line_settled)
            else least(greatest(unconditional, line_left), line_settled)
        end as line_billed,
        case when line_rank = 1 then undone else 0 end as line_undone,
        case when line_rank = 1 then owed_back else 0 end as line_owed_back
    from shared
),

claimed as (
    select
        *,
        case
            when is_void then 0
            when gross_minor >= 0 then least(line_billed, line_left)
            else greatest(line_billed, line_left)
        end as line_claimed
    from billed
),

-- Tax is a share of the cumulative, so that its parts add up.
taxed as (
    select
        *,
        case when line_left = 0 then 0 else {{ int_div('line_claimed * tax_left', 'line_left') }} end as line_billed_tax
    from claimed
),

-- An agent bills for another principal too: what is not its commission, in whole minor units, is owed to that one.
commissioned as (
    select
        *,
        case
            when third_party_share = 0 then 0
            else line_claimed - line_billed_tax - {{ rounded_share('line_claimed - line_billed_tax', '1 - third_party_share') }}
        end as line_billed_principal
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
        step_id,
        cast(line_settled - coalesce(lag(line_settled) over in_order, 0) as decimal(38, 0)) as settled_minor,
        cast(line_billed - coalesce(lag(line_billed) over in_order, 0) as decimal(38, 0)) as billed_minor,
        cast(line_billed_tax - coalesce(lag(line_billed_tax) over in_order, 0) as decimal(38, 0)) as billed_tax_minor,
        cast(line_billed_principal - coalesce(lag(line_billed_principal) over in_order, 0) as decimal(38, 0)) as billed_principal_minor,
        cast(line_billed - line_claimed - coalesce(lag(line_billed - line_claimed) over in_order, 0) as decimal(38, 0)) as unapplied_minor,
        cast(line_owed_back - coalesce(lag(line_owed_back) over in_order, 0) as decimal(38, 0)) as owed_back_minor,
        cast(line_undone - coalesce(lag(line_undone) over in_order, 0) as decimal(38, 0)) as undone_minor
    from commissioned
    window in_order as (partition by book_scope, document_line_id order by step_number)
)

select * from int_billing_steps
where settled_minor <> 0 or billed_minor <> 0 or billed_tax_minor <> 0 or unapplied_minor <> 0 or owed_back_minor <> 0 or undone_minor <> 0
