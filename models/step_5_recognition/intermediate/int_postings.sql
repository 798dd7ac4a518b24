-- One row per set of books, obligation, posting period, class, cause and component: whole minor units from one cumulative chain.
--
-- R is applied to the cumulative in posting order, catch-up before modification catch-up before
-- current, and each line is the difference: periods sum to R of the total with no plug line, and
-- at the end of the catch-up class the cumulative is R(E(p-1|p)) exactly.
with

steps as (
    select
        waterfall.book_scope,
        waterfall.entity_id,
        waterfall.contract_id,
        waterfall.obligation_id,
        waterfall.component,
        waterfall.cause_family,
        greatest(waterfall.known_ordinal, waterfall.service_ordinal) as posting_ordinal,
        case
            when waterfall.service_ordinal < waterfall.known_ordinal then 0
            -- a cumulative catch-up that takes effect in the period is apart from both (D12)
            when waterfall.cause_family = {{ family('modification') }} then 1
            else 2
        end as posting_class,
        sum(waterfall.amount) as amount
    from {{ ref('int_waterfall__within_mandates') }} as waterfall
    inner join {{ ref('dim_accounting_periods') }} as posting
        on posting.entity_id = waterfall.entity_id
        and posting.period_ordinal = greatest(waterfall.known_ordinal, waterfall.service_ordinal)
        and posting.has_begun
    where not waterfall.is_after_as_of
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

chained as (
    select
        steps.*,
        obligations.minor_unit_exponent,
        sum(steps.amount) over (
            partition by steps.book_scope, steps.obligation_id
            order by steps.posting_ordinal, steps.posting_class, steps.cause_family, steps.component
        ) as cumulative_amount
    from steps
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = steps.obligation_id
),

rounded as (
    select
        *,
        {{ round_to_minor_unit('cumulative_amount', 'minor_unit_exponent') }} as rounded_cumulative
    from chained
),

int_postings as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        cause_family,
        posting_ordinal,
        posting_class,
        cast(
            rounded_cumulative - coalesce(lag(rounded_cumulative) over (
                partition by book_scope, obligation_id
                order by posting_ordinal, posting_class, cause_family, component
            ), 0) as decimal(38, 4)
        ) as amount
    from rounded
)

select * from int_postings
where amount <> 0
