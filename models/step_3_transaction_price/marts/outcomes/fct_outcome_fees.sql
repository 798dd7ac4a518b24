-- One row per outcome line, measure, period of the outcomes, service period and revision: what that knowledge changed in their fees.
--
-- The fee is that of the day on which the outcome was reached, whatever the price is when its window closes (E50). An agent
-- earns what is left of it when the share of the other principal is gone.
with

fct_outcome_fees as (
    select
        measures.entity_id,
        measures.contract_id,
        lines.obligation_id,
        measures.line_id,
        measures.segment_from_at,
        measures.measure,
        measures.resolved_ordinal,
        measures.service_ordinal,
        greatest(measures.revision, rates.revision) as revision,
        cast(sum({{ share_of_measure(
            amount_at_rate(
                'measures.quantity',
                'case when rates.revision <= measures.revision then rates.rate_whole else rates.rate_whole_change end',
                'case when rates.revision <= measures.revision then rates.rate_rest else rates.rate_rest_change end',
            ),
            billionths('1 - lines.third_party_share'),
            '1000000000',
        ) }}) as decimal(38, 18)) as amount
    from {{ ref('fct_outcome_measures') }} as measures
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = measures.line_id
    inner join {{ ref('fct_usage_rates') }} as rates
        on rates.line_segment_number = measures.line_segment_number
        and rates.dim_1_value is null
        and rates.dim_2_value is null
        and rates.next_revision > measures.revision
        and rates.unit_code = lines.currency
    where measures.measure in ('resolved', 'open', 'confirmed', 'reversed', 'given_back')
    group by all
)

select * from fct_outcome_fees
where amount <> 0
