-- One row per set of books, contract with material rights, paying obligation and period in which anything moved: billed or paid to date.
with

paying as (
    select distinct
        contract_id,
        obligation_id
    from {{ ref('int_rights__prices') }}
    where not is_right
),

billed as (
    select
        steps.book_scope,
        lines.entity_id,
        lines.contract_id,
        paying.obligation_id,
        steps.posting_ordinal as period_ordinal,
        sum(steps.billed_minor - steps.billed_tax_minor - steps.unapplied_minor) as billed_minor
    from {{ ref('int_billing_steps') }} as steps
    inner join {{ ref('fct_billing_lines') }} as lines on lines.document_line_id = steps.document_line_id
    inner join {{ ref('dim_obligation_lines') }} as obligation_lines on obligation_lines.line_id = lines.line_id
    inner join paying on paying.obligation_id = obligation_lines.obligation_id
    left join {{ ref('fct_option_exercises') }} as exercises on exercises.line_id = lines.line_id
    where exercises.line_id is null
    group by steps.book_scope, lines.entity_id, lines.contract_id, paying.obligation_id, steps.posting_ordinal
),

moments as (
    select
        contract_id,
        period_ordinal
    from billed
    union
    select
        contract_id,
        known_from_ordinal as period_ordinal
    from {{ ref('int_rights__prices') }}
),

int_rights__billed as (
    select
        billed.book_scope,
        billed.entity_id,
        billed.contract_id,
        billed.obligation_id,
        moments.period_ordinal,
        cast(sum(billed.billed_minor) as decimal(38, 0)) as billed_minor
    from moments
    inner join billed
        on billed.contract_id = moments.contract_id
        and billed.period_ordinal <= moments.period_ordinal
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = billed.entity_id
        and periods.period_ordinal = moments.period_ordinal
        and periods.has_begun
    group by billed.book_scope, billed.entity_id, billed.contract_id, billed.obligation_id, moments.period_ordinal
)

select * from int_rights__billed
