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

in_scope as (
    {{ versions_in_scope('lines', ['variable_id', 'entity_id', 'currency as priced_in'], {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id', 'global': none,
    }) }}
),

applicable as (
    select *
    from in_scope
    where coalesce(currency = priced_in, true)
),

{{ estimates_by_close('applicable') }},

terms as (
    select * from {{ ref('int_variable__terms') }}
),

{{ windows_between_closes('variable_id', {
    'dated': ['known_from_ordinal', 'withdrawn_ordinal'],
    'terms': ['window_from_ordinal', 'window_to_ordinal'],
}) }},

int_variable__unit_costs as (
    select
        windows.variable_id,
        cast(windows.window_from_ordinal as integer) as known_from_ordinal,
        cast(windows.window_to_ordinal as integer) as known_to_ordinal,
        cast({{ share_by_weight('dated.mean_outcome', 'coalesce(terms.quantity, 1)', 'terms.target_amount') }} as decimal(38, 18)) as cost_share
    from windows
    inner join dated
        on dated.variable_id = windows.variable_id
        and dated.known_from_ordinal <= windows.window_from_ordinal
        and dated.withdrawn_ordinal > windows.window_from_ordinal
    inner join terms
        on terms.variable_id = windows.variable_id
        and terms.window_from_ordinal <= windows.window_from_ordinal
        and terms.window_to_ordinal > windows.window_from_ordinal
        and terms.target_amount > 0
    qualify row_number() over (
        partition by windows.variable_id, windows.window_from_ordinal
        order by {{ nearest_estimate('dated') }}
    ) = 1
)

select * from int_variable__unit_costs
