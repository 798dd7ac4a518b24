-- One row per licence, set of books, component, service period and revision: a right to use, earned when the customer has it and may use it (D13; ASC 606-10-55-58B..58C, IFRS 15.B56, B61).
--
-- The whole fee of a term, in however many instalments, at the later of the copy and the start
-- of the term. A renewal: under ASC 606 not before its term starts, under IFRS 15 when it is agreed (X5).
{#- under IFRS 15 a renewal begins when it is agreed -#}
{%- set begin_date = "case gates.book_scope when 'ifrs15' then least(started.term_date, coalesce(started.agreed_date, started.term_date)) else started.term_date end" %}
with

-- A term without an end is agreed interval by interval.
fees as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        component,
        book_scope,
        case when segment_is_open then from_date else first_interval_date end as start_date,
        segment_number,
        segment_from_date,
        believed_from_ordinal,
        known_from_ordinal,
        known_to_ordinal,
        arrived_family,
        replaced_family,
        segment_is_open,
        sum(allocated_amount) as price
    from {{ ref('fct_allocated_fees') }}
    where pattern = 'licence' and (is_latest_segment or not segment_is_open)
    group by all
),

-- What changed terms add to the price of a term passes when they begin to hold.
steps as (
    select
        *,
        case when segment_is_open then price else price - coalesce(lag(price) over in_order, 0) end as amount,
        not segment_is_open and lag(price) over in_order is not null as is_added
    from fees
    window in_order as (partition by line_id, component, book_scope, believed_from_ordinal order by segment_number, start_date)
),

agreed_changes as (
    select
        changes.contract_id,
        cast({{ local_from_utc('changes.segment_from_at', 'contracts.time_zone') }} as date) as segment_from_date,
        min(agreed.period_ordinal) as agreed_ordinal,
        min(cast({{ local_from_utc('changes.approved_at', 'contracts.time_zone') }} as date)) as agreed_date
    from {{ ref('fct_contract_changes') }} as changes
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = changes.contract_id
    {{ join_period_of('agreed', 'changes.entity_id', 'changes.approved_at') }}
    where changes.event_kind = 'renewed' and changes.segment_from_at is not null
    group by 1, 2
),

renewals as (
    select
        renewals.line_id,
        min(renewals.agreed_ordinal) as agreed_ordinal,
        min(cast({{ local_from_utc('renewals.agreed_at', 'contracts.time_zone') }} as date)) as agreed_date
    from {{ ref('fct_licence_renewals') }} as renewals
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = renewals.contract_id
    group by 1
),

started as (
    select
        steps.*,
        started.period_ordinal as start_ordinal,
        case when steps.is_added then steps.segment_from_date else steps.start_date end as term_date,
        case when steps.is_added then agreed_changes.agreed_date else renewals.agreed_date end as agreed_date,
        case when steps.is_added then agreed_changes.agreed_ordinal else renewals.agreed_ordinal end as agreed_ordinal
    from steps
    {{ join_period_of_date('started', 'steps.entity_id', 'case when steps.is_added then steps.segment_from_date else steps.start_date end') }}
    left join renewals on renewals.line_id = steps.line_id
    left join agreed_changes
        on agreed_changes.contract_id = steps.contract_id
        and agreed_changes.segment_from_date = steps.segment_from_date
    where steps.amount <> 0
),

passed as (
    select
        gates.book_scope,
        started.entity_id,
        started.contract_id,
        started.obligation_id,
        case started.component when 'fee' then 'licence' else started.component end as component,
        greatest(
            available.service_ordinal,
            case gates.book_scope when 'ifrs15' then least(started.start_ordinal, coalesce(started.agreed_ordinal, started.start_ordinal)) else started.start_ordinal end
        ) as service_ordinal,
        greatest(
            available.from_revision,
            greatest(started.known_from_ordinal, gates.gate_ordinal) * 10
            + case when gates.gate_ordinal >= started.known_from_ordinal then {{ family('contract') }} else started.arrived_family end
        ) as from_revision,
        least(
            available.to_revision,
            case
                when gates.until_ordinal < started.known_to_ordinal then gates.until_ordinal * 10 + {{ family('contract') }}
                when started.known_to_ordinal < 999999 then started.known_to_ordinal * 10 + started.replaced_family
                else 99999999
            end
        ) as to_revision,
        started.amount
    from started
    inner join {{ ref('int_licences__available') }} as available on available.line_id = started.line_id
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = started.contract_id
        and started.book_scope in ('both', gates.book_scope)
        and gates.gate_ordinal < started.known_to_ordinal
        and gates.until_ordinal > greatest(started.known_from_ordinal, gates.gate_ordinal)
        -- on the day on which it passes
        and gates.from_date <= greatest(available.available_date, {{ begin_date }})
        and gates.to_date > greatest(available.available_date, {{ begin_date }})
),

written as (
    select
        passed.* exclude (from_revision, to_revision, amount),
        case moves.sign when 1 then passed.from_revision else passed.to_revision end as revision,
        case moves.sign when 1 then passed.amount else -passed.amount end as amount
    from passed
    cross join (values (1), (-1)) as moves (sign)
    where
        passed.from_revision < passed.to_revision
        and (moves.sign = 1 or passed.to_revision < 99999999)
),

int_pattern__licence as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        'D5.PIT_LICENCE' as rule_code,
        service_ordinal,
        false as is_after_as_of,
        revision,
        cast(sum(amount) as decimal(38, 18)) as amount
    from written
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    having sum(amount) <> 0
)

select * from int_pattern__licence
