-- One row per obligation, set of books, service period and revision: rated usage of a contract (D4 INVOICE_RIGHT; asc 606-10-55-18, IFRS 15.B16).
--
-- Measure: what knowledge changed in the rated amount. Unit value: 1 since the close at which
-- the agreement counts as a contract, so use before that is caught up there.
with

int_pattern__usage_as_rated as (
    select
        gates.book_scope,
        rated.entity_id,
        rated.contract_id,
        rated.obligation_id,
        'usage' as component,
        'D4.INVOICE_RIGHT' as rule_code,
        rated.service_ordinal,
        false as is_after_as_of,
        greatest(rated.revision, gates.gate_ordinal * 10 + {{ family('contract') }}) as revision,
        rated.amount
    from {{ ref('fct_rated_usage') }} as rated
    inner join {{ ref('fct_contract_gates') }} as gates
        on gates.contract_id = rated.contract_id
        and gates.gate_ordinal is not null
)

select * from int_pattern__usage_as_rated
