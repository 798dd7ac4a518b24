-- One row per usage line, set of books, service period and revision: the part of a price that is spread over use (§3.8 hybrid discount).
--
-- Measure: quantity used. Unit value: the share over the use expected in all, as known. When the
-- line ends, what the use did not take is earned too: the whole share is.
{%- set per_unit = two_parts(billionths('share_amount'), billionths('expected_quantity')) %}
with

shares as (
    select
        *,
        {{ per_unit[0] }} as value_whole,
        {{ per_unit[1] }} as value_rest
    from {{ ref('fct_usage_shares') }}
),

compared as (
    select
        *,
        coalesce(lag(value_whole) over in_order, 0) as whole_before,
        coalesce(lag(value_rest) over in_order, 0) as rest_before,
        row_number() over in_order as place
    from shares
    window in_order as (partition by line_id order by known_from_ordinal)
),

-- A close that reaffirms the value of a unit writes nothing.
unit_values as (
    select
        *,
        known_from_ordinal * 10 + case place when 1 then {{ family('contract') }} else {{ family('estimate') }} end as revision,
        lead(known_from_ordinal * 10 + {{ family('estimate') }}, 1, 99999999) over (partition by line_id order by known_from_ordinal) as next_revision
    from compared
    where place = 1 or value_whole <> whole_before or value_rest <> rest_before
),

measures as (
    select
        usage.line_id,
        usage.service_ordinal,
        coalesce(performed.stretch_from_at, timestamp '0001-01-01') as stretch_from_at,
        {{ usage_revision('usage') }} as revision,
        sum(usage.quantity) as quantity
    from {{ ref('fct_units_by_period') }} as usage
    left join {{ ref('fct_usage_stretches') }} as performed
        on performed.line_segment_number = usage.line_segment_number
        and performed.service_ordinal = usage.service_ordinal
    where usage.line_id in (select line_id from shares)
    group by 1, 2, 3, 4
),

by_use as (
    select
        unit_values.line_id,
        unit_values.obligation_id,
        unit_values.contract_id,
        unit_values.entity_id,
        measures.service_ordinal,
        measures.stretch_from_at,
        greatest(measures.revision, unit_values.revision) as revision,
        {{ amount_at_rate(
            'measures.quantity',
            'case when unit_values.revision <= measures.revision then unit_values.value_whole else unit_values.value_whole - unit_values.whole_before end',
            'case when unit_values.revision <= measures.revision then unit_values.value_rest else unit_values.value_rest - unit_values.rest_before end',
        ) }} as amount
    from measures
    inner join unit_values
        on unit_values.line_id = measures.line_id
        and unit_values.next_revision > measures.revision
),

left_over as (
    select
        *,
        share_amount - {{ amount_at_rate('used_quantity', 'value_whole', 'value_rest') }} as left_amount
    from shares
    where known_from_ordinal >= ends_ordinal
),

at_the_end as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        ends_ordinal as service_ordinal,
        -- what is left is earned as the period of the end is over
        cast(null as timestamp) as stretch_from_at,
        known_from_ordinal * 10 + case
            when known_from_ordinal = ends_ordinal then {{ family('normal') }}
            else {{ family('usage') }}
        end as revision,
        left_amount - coalesce(lag(left_amount) over (partition by line_id order by known_from_ordinal), 0) as amount
    from left_over
),

-- A royalty that shares in the price is earned as that is, not by the use alone.
royalties as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        service_ordinal,
        stretch_from_at,
        revision,
        -amount as amount
    from {{ ref('int_royalties') }}
    where line_id in (select shared.line_id from {{ ref('fct_royalty_shares') }} as shared where shared.is_spread)
),

earned as (
    select * from by_use
    union all
    select * from at_the_end
    union all
    select * from royalties
),

gated as (
    select
        gates.book_scope,
        gates.until_ordinal,
        case when lines.pattern = 'outcomes' then 'outcome_allocation' when lines.component = 'licence' then 'licence' else 'allocation' end as component,
        'D10.SHARE_OF_PRICE' as rule_code,
        earned.* exclude (amount, revision, stretch_from_at),
        cast(earned.amount as decimal(38, 18)) as amount,
        greatest(earned.revision, gates.gate_ordinal * 10 + {{ family('contract') }}) as revision
    from earned
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = earned.line_id
    inner join {{ ref('dim_accounting_periods') }} as ended
        on ended.entity_id = earned.entity_id
        and ended.period_ordinal = earned.service_ordinal
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = earned.contract_id
        and gates.from_at <= coalesce(earned.stretch_from_at, ended.end_at - interval '1' second)
        and gates.to_at > coalesce(earned.stretch_from_at, ended.end_at - interval '1' second)
        and gates.gate_ordinal is not null
        and gates.until_ordinal * 10 > greatest(earned.revision, gates.gate_ordinal * 10 + {{ family('contract') }})
    where abs(earned.amount) >= 0.00000000000000001
),

int_pattern__usage_share as (
    {{ earned_until_lost('gated') }}
)

select * from int_pattern__usage_share
