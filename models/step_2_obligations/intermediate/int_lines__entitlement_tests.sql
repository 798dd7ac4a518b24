-- One row per line of included credits and test of D8: whether the credits are significant beside the plan they come with.
--
-- Readiness up to a cap is incidental when its units are worth no more than the fee, are no more than a few times what is used, do not
-- carry over and are not followed by cheaper ones (ASC 606-10-25-14(b), 55-42; IFRS 15.22(b), B40). What no evidence
-- speaks of fails no test. A line that fails one is prepaid usage in substance.
with

judged as (
    select
        lines.*,
        value_share.threshold as value_share,
        use_multiple.threshold as use_multiple,
        marginal_share.threshold as marginal_share
    from {{ ref('int_lines__entitlements') }} as lines
    inner join ({{ threshold_of('entitlement_value_share') }}) as value_share
        on value_share.entity_id = lines.entity_id
        and value_share.from_ordinal <= lines.known_ordinal
        and value_share.to_ordinal > lines.known_ordinal
    inner join ({{ threshold_of('entitlement_use_multiple') }}) as use_multiple
        on use_multiple.entity_id = lines.entity_id
        and use_multiple.from_ordinal <= lines.known_ordinal
        and use_multiple.to_ordinal > lines.known_ordinal
    inner join ({{ threshold_of('entitlement_marginal_share') }}) as marginal_share
        on marginal_share.entity_id = lines.entity_id
        and marginal_share.from_ordinal <= lines.known_ordinal
        and marginal_share.to_ordinal > lines.known_ordinal
),

valued as (
    select
        *,
        {{ int_div(billionths('quantity') ~ ' * ' ~ billionths('ssp_amount'), billionths('ssp_per_quantity')) }} as value_billionths
    from judged
),

tested as (
    select
        line_id,
        entity_id,
        known_ordinal,
        'D8.VALUE' as decision_code,
        value_billionths * fee_months * 1000000000 > {{ billionths('fee') }} * interval_months * {{ billionths('value_share') }} as is_significant,
        'units=' || cast(quantity as varchar) || '; standalone value=' || coalesce(cast({{ from_billionths('value_billionths') }} as varchar) || ' (' || ssp_id || ')', 'none in the book')
        || '; fee=' || coalesce(cast(fee as varchar), 'none') || '; at most ' || cast(value_share as varchar) || ' of the fee' as inputs_seen
    from valued

    union all

    select
        line_id,
        entity_id,
        known_ordinal,
        'D8.USE' as decision_code,
        {{ billionths('quantity') }} * 1000000000 > {{ billionths('expected_units') }} * {{ billionths('use_multiple') }} as is_significant,
        'units=' || cast(quantity as varchar) || '; expected=' || coalesce(cast(expected_units as varchar) || ' an interval (' || estimate_id || ')', 'no forecast')
        || '; at most ' || cast(use_multiple as varchar) || ' times the use' as inputs_seen
    from valued

    union all

    select
        line_id,
        entity_id,
        known_ordinal,
        'D8.ROLLOVER' as decision_code,
        rolls_over as is_significant,
        'carries over=' || cast(rolls_over as varchar) as inputs_seen
    from valued

    union all

    select
        line_id,
        entity_id,
        known_ordinal,
        'D8.MARGINAL_PRICE' as decision_code,
        {{ billionths('overage_amount') }} * {{ billionths('ssp_per_quantity') }} * 1000000000 < {{ billionths('ssp_amount') }} * {{ billionths('overage_per_quantity') }} * {{ billionths('marginal_share') }} as is_significant,
        'price beyond=' || coalesce(cast(overage_amount as varchar) || ' for ' || cast(overage_per_quantity as varchar), 'none stated')
        || '; standalone price=' || coalesce(cast(ssp_amount as varchar) || ' for ' || cast(ssp_per_quantity as varchar), 'none in the book')
        || '; at least ' || cast(marginal_share as varchar) || ' of it' as inputs_seen
    from valued
),

elected as (
    {{ elections_of(['grant_treatment'], 'judged', 'line_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'entity': 'entity_id',
    }) }}
),

elections as (
    select
        elected.line_id,
        elected.choice,
        elected.election_id
    from elected
    inner join judged on judged.line_id = elected.line_id
    where
        elected.choice in ('ratable', 'units_delivered', 'units_proportional')
        and elected.known_ordinal <= judged.known_ordinal
        and elected.replaced_ordinal > judged.known_ordinal
    qualify row_number() over (partition by elected.line_id order by {{ nearest_election('elected') }}) = 1
),

int_lines__entitlement_tests as (
    select
        tested.line_id,
        tested.entity_id,
        tested.known_ordinal,
        tested.decision_code,
        coalesce(tested.is_significant, false) as is_significant,
        tested.is_significant is not null as has_evidence,
        tested.inputs_seen,
        case
            when elections.election_id is not null then elections.choice <> 'ratable'
            else bool_or(coalesce(tested.is_significant, false)) over (partition by tested.line_id)
        end as line_is_significant,
        elections.election_id
    from tested
    left join elections on elections.line_id = tested.line_id
)

select * from int_lines__entitlement_tests
