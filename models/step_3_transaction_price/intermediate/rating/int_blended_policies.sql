-- One row per run of tiers that count across bills, revision and window of the tiers for which people elected how it is estimated (D6).
with

lines as (
    select
        line_id,
        contract_id,
        customer_id,
        product_id,
        entity_id
    from {{ ref('dim_obligation_lines') }}
    where line_id in (select line_id from {{ ref('int_blended_windows') }})
),

elected as (
    {{ elections_of(['vc_method', 'constraint'], 'lines', 'line_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id',
    }) }}
),

nearest as (
    select
        windows.window_id,
        elected.topic,
        elected.choice
    from {{ ref('int_blended_windows') }} as windows
    inner join elected
        on elected.line_id = windows.line_id
        and elected.book = '*'
        and elected.known_ordinal <= {{ int_div('windows.revision', '10') }}
        and elected.replaced_ordinal > {{ int_div('windows.revision', '10') }}
    qualify row_number() over (partition by windows.window_id, elected.topic order by {{ nearest_election('elected') }}) = 1
),

int_blended_policies as (
    select
        window_id,
        max(case topic when 'vc_method' then choice end) as method_choice,
        max(case topic when 'constraint' then choice end) as constraint_choice
    from nearest
    group by window_id
)

select * from int_blended_policies
