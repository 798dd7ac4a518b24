-- One row per outcome line, measure, period of the outcomes, service period and revision: what that knowledge changed in their fees.
--
-- An agent earns what is left of a fee when the share of the other principal is gone. Fees that lots pay for are charges of their wallet.
with

segments as (
    select distinct
        line_segment_number,
        line_id,
        segment_from_at
    from {{ ref('fct_outcome_measures') }}
),

fct_outcome_fees as (
    select
        lines.entity_id,
        lines.contract_id,
        lines.obligation_id,
        lines.line_id,
        segments.segment_from_at,
        fees.measure,
        fees.resolved_ordinal,
        fees.service_ordinal,
        fees.revision,
        cast(sum({{ share_of_measure('fees.amount', billionths('1 - lines.third_party_share'), '1000000000') }}) as decimal(38, 18)) as amount
    from {{ ref('int_outcome_fees') }} as fees
    inner join segments on segments.line_segment_number = fees.line_segment_number
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = segments.line_id
        and lines.currency = fees.unit_code
    inner join {{ ref('int_outcome_lines') }} as outcome_lines
        on outcome_lines.line_id = lines.line_id
        and not outcome_lines.is_paid_by_money_lots
    group by all
)

select * from fct_outcome_fees
where amount <> 0
