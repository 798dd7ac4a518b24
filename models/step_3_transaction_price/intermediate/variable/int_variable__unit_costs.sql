-- One row per line of which a share is expected back and closes that believed so: what the goods of a unit of its price cost (ASC 606-10-55-23, IFRS 15.B21).
with

lines as (
    select distinct
        variable_id,
        line_id,
        contract_id,
        customer_id,
        product_id,
        entity_id,
        currency
    from {{ ref('int_variable__lines') }}
    where variable_kind = 'given_back'
),

{{ estimate_distributions(['unit_cost'], "value_unit = 'amount'") }},

dated as (
    select
        lines.variable_id,
        versions.mean_outcome as unit_cost,
        versions.estimate_id,
        versions.recorded_at,
        case versions.scope_type when 'line' then 1 when 'contract' then 2 when 'customer' then 3 when 'product' then 4 when 'entity' then 5 else 6 end as distance,
        coalesce(made.period_ordinal, known.period_ordinal) as made_ordinal,
        greatest(known.period_ordinal, coalesce(made.period_ordinal, known.period_ordinal)) as known_from_ordinal,
        coalesce(withdrawal.period_ordinal, 999999) as known_to_ordinal
    from lines
    inner join versions
        on coalesce(versions.currency = lines.currency, true)
        and (
            versions.scope_type = 'line' and versions.scope_id = lines.line_id
            or versions.scope_type = 'contract' and versions.scope_id = lines.contract_id
            or versions.scope_type = 'customer' and versions.scope_id = lines.customer_id
            or versions.scope_type = 'product' and versions.scope_id = lines.product_id
            or versions.scope_type = 'entity' and versions.scope_id = lines.entity_id
            or versions.scope_type = 'global'
        )
    {{ join_known_period('known', 'lines.entity_id', 'versions.recorded_at') }}
    {{ join_period_of_date('made', 'lines.entity_id', 'versions.as_of_date') }}
    {{ join_known_period('withdrawal', 'lines.entity_id', 'versions.withdrawn_at') }}
),

terms as (
    select * from {{ ref('int_variable__terms') }}
),

{{ windows_between_closes('variable_id', {
    'dated': ['known_from_ordinal', 'known_to_ordinal'],
    'terms': ['window_from_ordinal', 'window_to_ordinal'],
}) }},

int_variable__unit_costs as (
    select
        windows.variable_id,
        cast(windows.window_from_ordinal as integer) as known_from_ordinal,
        cast(windows.window_to_ordinal as integer) as known_to_ordinal,
        cast({{ share_by_weight('dated.unit_cost', 'coalesce(terms.quantity, 1)', 'terms.target_amount') }} as decimal(38, 18)) as cost_share
    from windows
    inner join dated
        on dated.variable_id = windows.variable_id
        and dated.known_from_ordinal <= windows.window_from_ordinal
        and dated.known_to_ordinal > windows.window_from_ordinal
    inner join terms
        on terms.variable_id = windows.variable_id
        and terms.window_from_ordinal <= windows.window_from_ordinal
        and terms.window_to_ordinal > windows.window_from_ordinal
        and terms.target_amount > 0
    qualify row_number() over (
        partition by windows.variable_id, windows.window_from_ordinal
        order by dated.distance asc, dated.made_ordinal desc, dated.recorded_at desc, dated.estimate_id asc
    ) = 1
)

select * from int_variable__unit_costs
