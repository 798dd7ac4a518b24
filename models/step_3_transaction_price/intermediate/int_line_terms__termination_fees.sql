-- One row per fee by days that a termination cut short and closes that believed so: its part of the termination fee, as terms of its own.
--
-- The fee is consideration of the contract as modified: it is earned over the notice, from the
-- approval of the termination to its effect, or on the last day where no notice remains (D12;
-- ASC 606-10-25-10..13, IFRS 15.18..21). What was cut short shares it by its price of a year, in
-- whole minor units by the largest remainder. A strand of its own: nothing blends with it.
with

cut_short as (
    select
        terms.*,
        terminations.contract_event_id,
        terminations.approved_at,
        terminations.effective_at as terminated_at,
        contracts.termination_fee_amount,
        contracts.minor_unit_exponent
    from {{ ref('int_line_terms') }} as terms
    inner join {{ ref('dim_contracts') }} as contracts
        on contracts.contract_id = terms.contract_id
        and contracts.termination_fee_amount > 0
        -- with all money back there is nothing that the fee is for
        and contracts.termination_refund_kind <> 'full'
    inner join {{ ref('fct_terminations') }} as terminations
        on terminations.contract_id = terms.contract_id
        and terminations.known_ordinal <= terms.known_from_ordinal
        and terminations.withdrawn_ordinal > terms.known_from_ordinal
    where
        terms.is_terminated
        and terms.governs_segment
        and terms.segment_number = terms.last_segment_number
        and terms.fixed_amount is not null
        and terms.pattern in ('ratable_by_day', 'service_by_day', 'licence_access')
        and terms.service_start_at < terminations.effective_at
),

closes as (
    select
        contract_id,
        known_ordinal,
        lead(known_ordinal, 1, 999999) over (partition by contract_id order by known_ordinal) as next_ordinal
    from (
        select
            contract_id,
            known_from_ordinal as known_ordinal
        from cut_short
        union
        select
            contract_id,
            known_to_ordinal as known_ordinal
        from cut_short
        where known_to_ordinal < 999999
    ) as all_closes
),

weighed as (
    select
        cut_short.* replace (closes.known_ordinal as known_from_ordinal, closes.next_ordinal as known_to_ordinal),
        cast(greatest(case cut_short.amount_interval
            when 'day' then cut_short.fixed_amount * 365
            when 'week' then cut_short.fixed_amount * 52
            when 'month' then cut_short.fixed_amount * 12
            when 'quarter' then cut_short.fixed_amount * 4
            when 'year' then cut_short.fixed_amount
            else {{ share_of('cut_short.fixed_amount', '365', 'greatest(' ~ days_between('cut_short.service_start_at', 'coalesce(cut_short.agreed_end_at, cut_short.terminated_at)') ~ ', 1)') }}
        end, 0) as decimal(38, 9)) as weight
    from cut_short
    inner join closes
        on closes.contract_id = cut_short.contract_id
        and closes.known_ordinal >= cut_short.known_from_ordinal
        and closes.known_ordinal < cut_short.known_to_ordinal
),

quotas as (
    select
        *,
        {{ to_minor_units(round_to_minor_unit('termination_fee_amount', 'minor_unit_exponent'), 'minor_unit_exponent') }} as fee_minor,
        case when sum(weight) over fee = 0 then 1 else {{ billionths('weight') }} end as part,
        case when sum(weight) over fee = 0 then count(*) over fee else {{ billionths('sum(weight) over fee') }} end as whole
    from weighed
    window fee as (partition by contract_id, known_from_ordinal)
),

floored as (
    select
        *,
        {{ int_div('fee_minor * part', 'whole') }} as part_minor,
        fee_minor * part % whole as fraction
    from quotas
),

ranked as (
    select
        *,
        fee_minor - sum(part_minor) over (partition by contract_id, known_from_ordinal) as left_over,
        row_number() over (partition by contract_id, known_from_ordinal order by fraction desc, part_id asc) as remainder_rank
    from floored
),

shared as (
    select
        *,
        part_minor + case when remainder_rank <= left_over then 1 else 0 end as share_minor
    from ranked
),

int_line_terms__termination_fees as (
    select
        * exclude (
            contract_event_id, approved_at, terminated_at, termination_fee_amount, minor_unit_exponent,
            weight, fee_minor, part, whole, part_minor, fraction, left_over, remainder_rank, share_minor
        )
        replace (
            part_id || ':' || contract_event_id as part_id,
            strand_id || ':' || contract_event_id as strand_id,
            cast({{ from_minor_units('share_minor', 'minor_unit_exponent') }} as decimal(38, 9)) as fixed_amount,
            cast(null as decimal(38, 9)) as quantity,
            'once' as amount_interval,
            greatest(service_start_at, least(approved_at, cast(terminated_at - interval 1 day as timestamp))) as service_start_at,
            terminated_at as service_end_at,
            terminated_at as agreed_end_at,
            {{ family('contract') }} as arrived_family,
            false as is_terminated,
            false as ends_contract,
            false as is_modified,
            false as is_open_ended,
            false as segment_is_open,
            0 as segment_number,
            0 as last_segment_number,
            0 as version_number,
            true as is_first_version,
            cast(null as timestamp) as segment_from_at,
            cast(null as timestamp) as segment_to_at,
            cast(null as timestamp) as priced_from_at,
            cast(null as timestamp) as priced_to_at
        )
    from shared
    where share_minor > 0
)

select * from int_line_terms__termination_fees
