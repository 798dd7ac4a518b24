-- One row per book, obligation, component, cause, known period and service period: interest on prices that are financed, and what is posted of it.
--
-- The two-date ledger of what is never revenue (ASC 606-10-32-20, IFRS 15.65). Posted in whole minor
-- units from one cumulative chain in posting order, as revenue is.
with

accrued as (
    select
        kernel.book_scope,
        kernel.entity_id,
        kernel.contract_id,
        kernel.obligation_id,
        kernel.component,
        cast({{ int_div('kernel.revision', '10') }} as integer) as known_ordinal,
        kernel.service_ordinal,
        kernel.is_after_as_of,
        case
            when {{ int_div('kernel.revision', '10') }} <= kernel.service_ordinal then {{ family('normal') }}
            else cast(kernel.revision % 10 as integer)
        end as cause_family,
        sum(kernel.amount) as amount
    from {{ ref('int_kernel__schedule') }} as kernel
    where kernel.component in ('interest_income', 'interest_expense')
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    having sum(kernel.amount) <> 0
),

dated as (
    select
        accrued.*,
        obligations.customer_id,
        obligations.currency,
        obligations.minor_unit_exponent,
        greatest(accrued.known_ordinal, accrued.service_ordinal) as posting_ordinal,
        posting.has_begun and not accrued.is_after_as_of as is_posted
    from accrued
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = accrued.obligation_id
    inner join {{ ref('dim_accounting_periods') }} as posting
        on posting.entity_id = accrued.entity_id
        and posting.period_ordinal = greatest(accrued.known_ordinal, accrued.service_ordinal)
),

chained as (
    select
        *,
        sum(case when is_posted then amount else 0 end) over in_order as cumulative_amount
    from dated
    window in_order as (
        partition by book_scope, obligation_id, component
        order by posting_ordinal, service_ordinal, known_ordinal, cause_family, is_after_as_of
        rows between unbounded preceding and current row
    )
),

rounded as (
    select
        *,
        {{ round_to_minor_unit('cumulative_amount', 'minor_unit_exponent') }} as rounded_cumulative
    from chained
),

posted as (
    select
        *,
        rounded_cumulative - coalesce(lag(rounded_cumulative) over (
            partition by book_scope, obligation_id, component
            order by posting_ordinal, service_ordinal, known_ordinal, cause_family, is_after_as_of
        ), 0) as posted_amount
    from rounded
),

fct_interest as (
    select
        books.book,
        posted.book_scope,
        posted.entity_id,
        posted.customer_id,
        posted.contract_id,
        posted.obligation_id,
        posted.component,
        causes.cause_code,
        posted.known_ordinal,
        posted.service_ordinal,
        posted.posting_ordinal as period_ordinal,
        posted.is_after_as_of,
        posted.currency,
        cast(posted.amount as decimal(38, 18)) as amount,
        cast(posted.posted_amount as decimal(38, 4)) as posted_amount
    from posted
    inner join {{ ref('books') }} as books on books.book_scope = posted.book_scope
    inner join {{ ref('cause_codes') }} as causes on causes.cause_family = posted.cause_family
)

select * from fct_interest
