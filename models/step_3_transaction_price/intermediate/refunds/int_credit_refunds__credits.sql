-- One row per credit of a contract line because of a cancellation, by a note or by money paid back alone: its amount, and the closes that count it.
with

int_credit_refunds__credits as (
    select
        credited.credit_id || coalesce(':' || credited.invoice_line_id, '') as credit_id,
        credited.line_id,
        credited.credit_date,
        credited.known_ordinal,
        coalesce(credited.void_known_ordinal, 999999) as void_ordinal,
        {{ from_minor_units('credited.gross_minor - credited.tax_minor', 'contracts.minor_unit_exponent') }} as amount
    from {{ ref('fct_credited_lines') }} as credited
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = credited.contract_id
    where
        credited.reason = 'cancellation'
        and credited.line_id is not null
)

select * from int_credit_refunds__credits
