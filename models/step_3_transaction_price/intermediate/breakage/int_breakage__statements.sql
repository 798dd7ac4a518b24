-- One row per lot and version of an estimate of its breakage that people recorded: its value, its constrained value and the closes that could know it (D6, D11).
--
-- The constrained figure is the one that was judged apart, else the most of which the asked confidence
-- of the scenarios says that at least so much is never used: the lower revenue (D6). What is left of a lot is remote to be used
-- once it is no more than what all but a small probability of the scenarios says is never used.
{%- set scopes = [
    ('grant', 'grant_id'), ('line', 'line_id'), ('contract', 'contract_id'), ('customer', 'customer_id'), ('product', 'product_id'),
    ('grant_kind', 'grant_kind'), ('customer_class', 'customer_class'), ('jurisdiction', 'jurisdiction'), ('entity', 'entity_id'),
] %}
with

lots as (
    select * from {{ ref('int_breakage__lots') }}
),

scenarios as (
    select * from {{ ref('int_breakage__scenarios') }}
),

stated as (
    select
        estimate_id,
        recorded_at,
        min(scope_type) as scope_type,
        min(scope_id) as scope_id,
        bool_or(is_of_use) as is_of_use,
        min(value_unit) as value_unit,
        min(applies_from_date) as applies_from_date,
        min(applies_to_date) as applies_to_date,
        min(as_of_date) as as_of_date,
        min(known_until_at) as known_until_at,
        min(constrained_value) as judged_value,
        case min(method)
            when 'most_likely' then cast(max_by(value, coalesce(probability, 1)) as decimal(38, 9))
            else cast(sum(cast(coalesce(probability, 1) as decimal(19, 9)) * cast(value as decimal(19, 9))) as decimal(38, 9))
        end as expected_value
    from scenarios
    group by estimate_id, recorded_at
),

{{ standing_estimates('stated') }},

applicable as (
    {%- for scope_type, column in scopes %}
        select
            lots.grant_id,
            lots.entity_id,
            lots.shares_price_of_plan,
            lots.effective_date,
            case when versions.is_of_use then lots.first_units else 0 end as used_of_units,
            versions.*,
            {{ loop.index }} as distance
        from lots
        inner join versions
            on versions.scope_type = '{{ scope_type }}'
            and versions.scope_id = lots.{{ column }}
        union all
    {%- endfor %}
    select
        lots.grant_id,
        lots.entity_id,
        lots.shares_price_of_plan,
        lots.effective_date,
        0 as used_of_units,
        versions.*,
        {{ scopes | length + 1 }} as distance
    from lots
    inner join versions on versions.scope_type = 'global'
),

dated as (
    select
        applicable.*,
        coalesce(made.period_ordinal, known.period_ordinal) as made_ordinal,
        greatest(known.period_ordinal, coalesce(made.period_ordinal, known.period_ordinal)) as known_from_ordinal,
        coalesce(withdrawal.period_ordinal, 999999) as withdrawn_ordinal
    from applicable
    {{ join_known_period('known', 'applicable.entity_id', 'applicable.recorded_at') }}
    {{ join_period_of_date('made', 'applicable.entity_id', 'applicable.as_of_date') }}
    {{ join_known_period('withdrawal', 'applicable.entity_id', 'applicable.withdrawn_at') }}
    where
        case
            when applicable.is_of_use
                then
                    applicable.shares_price_of_plan
                    and coalesce(applicable.applies_from_date <= applicable.effective_date, true)
                    and coalesce(applicable.applies_to_date > applicable.effective_date, true)
            -- of a price that is not allocated yet nothing can be stated
            else not (applicable.shares_price_of_plan and applicable.value_unit = 'amount')
        end
),

quantiles as (
    select
        dated.grant_id,
        dated.estimate_id,
        dated.recorded_at,
        max(case when scenarios.confidence >= confidence.threshold then scenarios.value end) as lower_value,
        max(case when scenarios.confidence > 1 - remote.threshold then scenarios.value end) as remote_value
    from dated
    inner join ({{ threshold_of('breakage_confidence') }}) as confidence
        on confidence.entity_id = dated.entity_id
        and confidence.from_ordinal <= dated.known_from_ordinal
        and confidence.to_ordinal > dated.known_from_ordinal
    inner join ({{ threshold_of('breakage_remote_probability') }}) as remote
        on remote.entity_id = dated.entity_id
        and remote.from_ordinal <= dated.known_from_ordinal
        and remote.to_ordinal > dated.known_from_ordinal
    inner join scenarios
        on scenarios.estimate_id = dated.estimate_id
        and scenarios.recorded_at = dated.recorded_at
    group by dated.grant_id, dated.estimate_id, dated.recorded_at
),

int_breakage__statements as (
    select
        dated.grant_id,
        dated.entity_id,
        dated.estimate_id,
        dated.recorded_at,
        dated.previous_recorded_at,
        dated.distance,
        dated.value_unit,
        greatest(dated.used_of_units + dated.expected_value, 0) as expected_value,
        -- what is judged apart holds; never more than what is expected
        greatest(dated.used_of_units + coalesce(dated.judged_value, least(quantiles.lower_value, dated.expected_value), 0), 0) as constrained_value,
        greatest(dated.used_of_units + coalesce(quantiles.remote_value, 0), 0) as remote_value,
        dated.made_ordinal,
        dated.known_from_ordinal,
        dated.withdrawn_ordinal
    from dated
    left join quantiles
        on quantiles.grant_id = dated.grant_id
        and quantiles.estimate_id = dated.estimate_id
        and quantiles.recorded_at = dated.recorded_at
)

select * from int_breakage__statements
