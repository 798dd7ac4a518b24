-- One row per book and contract whose lots do not hold what was kept of units paid back: what they cost less what was credited for them.
--
-- Else it stays in the contract liability beside lots that do not have it, and nothing ever earns it. Refunds without a note wait for it.
with

refunds as (
    select
        refunds.entity_id,
        refunds.contract_id,
        currencies.minor_unit_exponent,
        sum(refunds.refunded_amount - refunds.credited_amount) as kept_amount,
        count(*) as refund_count
    from {{ ref('fct_credit_refunds') }} as refunds
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = refunds.line_id
        and lines.pattern in ('prepaid_units', 'prepaid_refundable')
    inner join {{ ref('currencies') }} as currencies on currencies.currency = refunds.currency
    where
        refunds.known_to_ordinal = 999999
        and refunds.credited_amount is not null
    group by refunds.entity_id, refunds.contract_id, currencies.minor_unit_exponent
),

lots as (
    select
        book,
        contract_id,
        max_by(period_id, period_ordinal) as period_id,
        sum(blended_amount) as blended_amount
    from {{ ref('fct_prepaid_movements') }}
    group by book, contract_id
),

int_prepaid_refunds__untied as (
    select
        lots.book,
        refunds.entity_id,
        lots.period_id,
        refunds.contract_id as subject,
        refunds.kept_amount as expected_amount,
        lots.blended_amount as actual_amount
    from refunds
    inner join lots on lots.contract_id = refunds.contract_id
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = lots.contract_id
        and gates.gate_ordinal is not null
        and gates.until_ordinal = 999999
    inner join {{ ref('books') }} as books
        on books.book_scope = gates.book_scope
        and books.book = lots.book
    where
        2 * abs(refunds.kept_amount - lots.blended_amount)
        > refunds.refund_count * {{ from_minor_units('1', 'refunds.minor_unit_exponent') }} + 0.000000001
)

select * from int_prepaid_refunds__untied
