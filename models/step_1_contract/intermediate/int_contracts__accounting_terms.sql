-- One row per contract: until when rights and obligations are enforceable as first agreed (D1; ASC 606-10-25-3, IFRS 15.11).
--
-- What a party may end without a substantive penalty is enforceable until it can have ended it;
-- what lies beyond is agreed as it begins, less the notice.
with

contracts as (
    select
        terms.*,
        customers.customer_class,
        customers.jurisdiction,
        known.period_ordinal as recorded_ordinal
    from {{ ref('int_contracts__first_terms') }} as terms
    left join {{ ref('dim_customers') }} as customers on customers.customer_id = terms.customer_id
    {{ join_known_period('known', 'terms.entity_id', 'terms.recorded_at') }}
),

elections as (
    {{ elections_of(
        ['termination_penalty'], 'contracts', 'contract_id',
        {'contract': 'contract_id', 'customer': 'customer_id', 'customer_class': 'customer_class', 'jurisdiction': 'jurisdiction', 'entity': 'entity_id'},
    ) }}
),

-- The term decides what was agreed when: an election that the close of the agreement did not know is not applied.
elected as (
    select
        contracts.contract_id,
        elections.choice,
        elections.election_id
    from contracts
    inner join elections
        on elections.contract_id = contracts.contract_id
        and elections.known_ordinal <= contracts.recorded_ordinal
        and elections.replaced_ordinal > contracts.recorded_ordinal
    qualify row_number() over (partition by contracts.contract_id order by {{ nearest_election('elections') }}) = 1
),

first_lines as (
    select lines.*
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join contracts on contracts.contract_id = lines.contract_id
    {{ join_known_period('first_known', 'contracts.entity_id', 'lines.recorded_at') }}
    where lines.modified_by_event_id is null
    {{ as_first_known('lines.line_id', 'lines') }}
),

-- Who has paid for all of it in advance and gets nothing back does not leave for free.
prepaid as (
    select
        lines.contract_id,
        max({{ instant('service_end', 'contracts.time_zone', 'lines') }}) as prepaid_to_at
    from first_lines as lines
    inner join contracts on contracts.contract_id = lines.contract_id
    inner join {{ ref('dim_products') }} as products on products.product_id = lines.product_id
    where
        lines.line_kind = 'fixed_fee'
        and lines.billing_timing = 'advance'
        and coalesce(lines.amount_interval, 'once') = 'once'
        and lines.fixed_amount > 0
        and products.product_kind in ('access', 'support', 'service')
        and contracts.termination_refund_kind = 'none'
    group by lines.contract_id
),

described as (
    select
        contracts.*,
        elected.choice,
        elected.election_id,
        prepaid.prepaid_to_at,
        {{ add_days('greatest(contracts.effective_from, coalesce(contracts.termination_from, contracts.effective_from))', 'contracts.termination_notice_days') }} as exit_at,
        case
            when contracts.termination_right = 'none' then 'D1.TERM_NONCANCELLABLE'
            when contracts.termination_fee_amount > 0 and coalesce(elected.choice, '') = 'substantive' and contracts.effective_to is not null
                then 'D1.TERM_PENALTY_SUBSTANTIVE'
            else 'D1.TERM_CANCELLABLE'
        end as exit_rule_code
    from contracts
    left join elected on elected.contract_id = contracts.contract_id
    left join prepaid on prepaid.contract_id = contracts.contract_id
),

int_contracts__accounting_terms as (
    select
        contract_id,
        entity_id,
        recorded_ordinal,
        case exit_rule_code
            when 'D1.TERM_CANCELLABLE'
                then least(coalesce(effective_to, timestamp '9999-12-31'), greatest(exit_at, coalesce(prepaid_to_at, exit_at)))
            else effective_to
        end as accounting_end_at,
        case
            when exit_rule_code = 'D1.TERM_CANCELLABLE' and prepaid_to_at > exit_at then 'D1.TERM_PREPAID'
            else exit_rule_code
        end as rule_code,
        'termination_right=' || termination_right
        || '; from=' || coalesce(cast(termination_from as varchar), 'start')
        || '; notice_days=' || cast(termination_notice_days as varchar)
        || '; fee=' || cast(termination_fee_amount as varchar)
        || '; refund=' || termination_refund_kind
        || '; stated_end=' || coalesce(cast(effective_to as varchar), 'open')
        || coalesce('; paid_in_advance_until=' || cast(prepaid_to_at as varchar), '') as inputs_seen,
        election_id
    from described
)

select * from int_contracts__accounting_terms
