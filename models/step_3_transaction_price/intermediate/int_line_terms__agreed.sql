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

terminations as (
    select * from {{ ref('fct_terminations') }}
),

-- The closes that believe in no termination: those before one is known, and those since it is withdrawn.
unended as (
    select
        contract_id,
        from_ordinal,
        lead(known_ordinal, 1, 999999) over (partition by contract_id order by from_ordinal, known_ordinal) as to_ordinal
    from (
        select
            contract_id,
            known_ordinal,
            withdrawn_ordinal as from_ordinal
        from terminations
        union all
        select distinct
            contract_id,
            0 as known_ordinal,
            0 as from_ordinal
        from terminations
    ) as starts
),

ended as (
    select
        *,
        coalesce(service_end_at, effective_to) as agreed_end_at
    from versions
),

until_termination as (
    select
        ended.* replace (
            greatest(ended.known_from_ordinal, coalesce(unended.from_ordinal, 0)) as known_from_ordinal,
            least(ended.known_to_ordinal, coalesce(unended.to_ordinal, 999999)) as known_to_ordinal,
            case when unended.from_ordinal > ended.known_from_ordinal then {{ family('contract') }} else ended.arrived_family end as arrived_family
        ),
        cast(null as timestamp) as terminated_at,
        case when unended.to_ordinal < ended.known_to_ordinal then {{ family('contract') }} else {{ family('rating') }} end as replaced_family,
        false as is_terminated
    from ended
    left join unended on unended.contract_id = ended.contract_id
),

since_termination as (
    select
        ended.* replace (
            greatest(ended.known_from_ordinal, terminations.known_ordinal) as known_from_ordinal,
            least(ended.known_to_ordinal, terminations.withdrawn_ordinal) as known_to_ordinal,
            least(coalesce(ended.service_end_at, terminations.effective_at), terminations.effective_at) as service_end_at,
            case when terminations.known_ordinal >= ended.known_from_ordinal then {{ family('contract') }} else ended.arrived_family end as arrived_family
        ),
        terminations.effective_at as terminated_at,
        case when terminations.withdrawn_ordinal < ended.known_to_ordinal then {{ family('contract') }} else {{ family('rating') }} end as replaced_family,
        coalesce(ended.service_end_at, ended.effective_to) > terminations.effective_at
        or ended.service_end_at is null and ended.effective_to is null as is_terminated
    from ended
    inner join terminations on terminations.contract_id = ended.contract_id
    where terminations.effective_at > ended.service_start_at
),

int_line_terms__agreed as (
    select * from until_termination
    union all
    select * from since_termination
)

select * from int_line_terms__agreed
where known_to_ordinal > known_from_ordinal
