-- One row per version of the terms of a line that no event changed: the closes that believed it.
--
-- A version ends when it is corrected, or when the contract's termination becomes known: from
-- then on the same terms end at the termination.
with

modified as (
    select distinct obligation_id
    from {{ ref('int_line_terms__changes') }}
),

versions as (
    select
        lines.line_id,
        promised.obligation_id,
        promised.contract_id,
        promised.entity_id,
        promised.currency,
        promised.pattern,
        lines.price_id,
        lines.discount_rate,
        {{ fee_stated('lines', 'promised') }} as fixed_amount,
        lines.quantity,
        lines.amount_interval,
        lines.billing_timing,
        {{ instant('service_start', 'contracts.time_zone', 'lines') }} as service_start_at,
        {{ instant('service_end', 'contracts.time_zone', 'lines') }} as service_end_at,
        contracts.effective_to,
        contracts.termination_refund_kind,
        contracts.time_zone,
        known.period_ordinal as known_from_ordinal,
        coalesce(replaced.period_ordinal, 999999) as known_to_ordinal,
        -- the first version that a close believed comes with the agreement, a later one corrects it
        case row_number()
            over (
                partition by lines.line_id, coalesce(replaced.period_ordinal, 999999) > known.period_ordinal
                order by lines.recorded_at
            )
            when 1 then {{ family('contract') }}
            else {{ family('rating') }}
        end as arrived_family
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('dim_obligation_lines') }} as promised on promised.line_id = lines.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = promised.contract_id
    {{ join_known_period('known', 'promised.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'promised.entity_id', 'lines.known_until_at') }}
    left join modified on modified.obligation_id = promised.obligation_id
    where
        lines.modified_by_event_id is null
        and modified.obligation_id is null
),

ended as (
    select
        versions.*,
        coalesce(versions.service_end_at, versions.effective_to) as agreed_end_at,
        terminations.effective_at as terminated_at,
        terminations.known_ordinal as termination_ordinal
    from versions
    left join {{ ref('fct_terminations') }} as terminations on terminations.contract_id = versions.contract_id
),

until_termination as (
    select
        * replace (least(known_to_ordinal, coalesce(termination_ordinal, 999999)) as known_to_ordinal),
        case when termination_ordinal < known_to_ordinal then {{ family('contract') }} else {{ family('rating') }} end as replaced_family,
        false as is_terminated
    from ended
),

since_termination as (
    select
        * replace (
            greatest(known_from_ordinal, termination_ordinal) as known_from_ordinal,
            least(coalesce(service_end_at, terminated_at), terminated_at) as service_end_at,
            case when termination_ordinal >= known_from_ordinal then {{ family('contract') }} else arrived_family end as arrived_family
        ),
        {{ family('rating') }} as replaced_family,
        coalesce(service_end_at, effective_to) > terminated_at
        or service_end_at is null and effective_to is null as is_terminated
    from ended
    where
        termination_ordinal is not null
        and terminated_at > service_start_at
),

int_line_terms__agreed as (
    select * from until_termination
    union all
    select * from since_termination
)

select * from int_line_terms__agreed
where known_to_ordinal > known_from_ordinal
