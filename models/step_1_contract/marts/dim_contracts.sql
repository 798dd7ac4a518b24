-- One row per contract: its terms as first agreed and its standing in each book.
with

gates as (
    select
        contract_id,
        max(case book when 'asc606' then gate_ordinal end) as asc606_ordinal,
        max(case book when 'ifrs15' then gate_ordinal end) as ifrs15_ordinal
    from {{ ref('int_contracts__gates_by_book') }}
    group by contract_id
),

dim_contracts as (
    select
        contracts.contract_id,
        contracts.customer_id,
        contracts.entity_id,
        contracts.currency,
        contracts.approval_kind,
        contracts.signed_at,
        contracts.effective_from,
        contracts.effective_to,
        contracts.termination_right,
        contracts.termination_from,
        contracts.termination_notice_days,
        contracts.termination_fee_amount,
        contracts.termination_refund_kind,
        accounting_terms.accounting_end_at,
        case when combinations.is_combined then combinations.anchor_id else contracts.contract_id end as contract_group_id,
        case when combinations.is_combined then combinations.as_of_ordinal end as contract_group_from_ordinal,
        contracts.payment_terms_days,
        contracts.time_zone,
        contracts.functional_currency,
        contracts.reporting_currency,
        currencies.minor_unit_exponent,
        asc606.period_id as asc606_contract_since,
        ifrs15.period_id as ifrs15_contract_since
    from {{ ref('int_contracts__first_terms') }} as contracts
    inner join gates on gates.contract_id = contracts.contract_id
    inner join {{ ref('int_contracts__accounting_terms') }} as accounting_terms on accounting_terms.contract_id = contracts.contract_id
    left join {{ ref('int_contracts__combinations') }} as combinations on combinations.contract_id = contracts.contract_id
    inner join {{ ref('currencies') }} as currencies on currencies.currency = contracts.currency
    left join {{ ref('dim_accounting_periods') }} as asc606
        on asc606.entity_id = contracts.entity_id
        and asc606.period_ordinal = gates.asc606_ordinal
    left join {{ ref('dim_accounting_periods') }} as ifrs15
        on ifrs15.entity_id = contracts.entity_id
        and ifrs15.period_ordinal = gates.ifrs15_ordinal
)

select * from dim_contracts
