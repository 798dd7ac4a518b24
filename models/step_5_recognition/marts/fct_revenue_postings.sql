{{ config(materialized='view') }} {#- the postings under the name that the subledger may read -#}
-- One row per set of books, obligation, period, component and cause: revenue as today's logic posts it, before closed periods are put back.
with

fct_revenue_postings as (
    select
        postings.book_scope,
        postings.entity_id,
        postings.contract_id,
        postings.obligation_id,
        postings.component,
        causes.cause_code,
        postings.posting_ordinal as period_ordinal,
        cast(sum(postings.amount) as decimal(38, 4)) as amount
    from {{ ref('int_postings') }} as postings
    inner join {{ ref('cause_codes') }} as causes on causes.cause_family = postings.cause_family
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from fct_revenue_postings
