-- One row per line whose amount is variable and version of an estimate of it that people recorded: its value, constrained, and the closes that could know it (D6).
--
-- The policy that holds when a version is first known decides its method and whether it is constrained.
with

lines as (
    select * from {{ ref('int_variable__lines') }}
    qualify row_number() over (partition by variable_id order by known_from_ordinal) = 1
),

{{ estimate_distributions(['variable_consideration', 'reversal_rate'], "(kind = 'reversal_rate' and value_unit = 'rate' or kind = 'variable_consideration' and value_unit = 'amount')") }},

elected as (
    {{ elections_of(['vc_method', 'constraint'], 'lines', 'variable_id', {
        'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id', 'product': 'product_id', 'entity': 'entity_id',
    }) }}
),

applicable as (
    select
        lines.variable_id,
        lines.variable_kind,
        lines.contract_id,
        lines.entity_id,
        versions.*,
        case versions.scope_type when 'line' then 1 when 'contract' then 2 when 'customer' then 3 when 'product' then 4 when 'entity' then 5 else 6 end as distance
    from lines
    inner join versions
        on versions.kind = case lines.variable_kind when 'given_back' then 'reversal_rate' else 'variable_consideration' end
        and (
            versions.scope_type = 'line' and versions.scope_id = lines.line_id
            -- an amount for a contract is that of its only contingent line
            or versions.scope_type = 'contract' and versions.scope_id = lines.contract_id
            and (lines.variable_kind = 'given_back' or lines.variable_kind = 'contingent' and lines.lines_of_contract = 1)
            or lines.variable_kind = 'given_back' and (
                versions.scope_type = 'customer' and versions.scope_id = lines.customer_id
                or versions.scope_type = 'product' and versions.scope_id = lines.product_id
                or versions.scope_type = 'entity' and versions.scope_id = lines.entity_id
                or versions.scope_type = 'global'
            )
        )
        -- an amount in another currency is none of this contract
        and coalesce(versions.currency = lines.currency, true)
),

{{ estimates_by_close('applicable') }},

policies as (
    select
        dated.variable_id,
        dated.estimate_id,
        dated.recorded_at,
        elected.topic,
        elected.choice
    from dated
    inner join elected
        on elected.variable_id = dated.variable_id
        and elected.book = '*'
        and elected.known_ordinal <= dated.known_from_ordinal
        and elected.replaced_ordinal > dated.known_from_ordinal
    qualify row_number() over (
        partition by dated.variable_id, dated.estimate_id, dated.recorded_at, elected.topic order by {{ nearest_election('elected') }}
    ) = 1
),

subjects as (
    select
        dated.*,
        dated.variable_id as subject_id,
        terms.target_amount,
        coalesce(cast(dated.applies_to as date), terms.target_to_date) as resolves_on,
        -- stated, and what is expected beside it
        terms.contract_amount + case when dated.variable_kind = 'contingent' then dated.mean_outcome else 0 end as contract_amount,
        terms.target_amount as amount_per_value,
        methods.choice as method_choice,
        constraints.choice as constraint_choice
    from dated
    left join {{ ref('int_variable__terms') }} as terms
        on terms.variable_id = dated.variable_id
        and terms.window_from_ordinal <= dated.known_from_ordinal
        and terms.window_to_ordinal > dated.known_from_ordinal
    {%- for name, topic in [('methods', 'vc_method'), ('constraints', 'constraint')] %}
        left join policies as {{ name }}
            on {{ name }}.variable_id = dated.variable_id
            and {{ name }}.estimate_id = dated.estimate_id
            and {{ name }}.recorded_at = dated.recorded_at
            and {{ name }}.topic = '{{ topic }}'
    {%- endfor %}
),

{{ constrained_estimates('subjects') }},

int_variable__statements as (
    select
        variable_id,
        variable_kind,
        contract_id,
        entity_id,
        estimate_id,
        recorded_at,
        previous_recorded_at,
        distance,
        method,
        scenario_count,
        data_from,
        data_to,
        greatest_outcome,
        expected_outcome,
        mean_outcome,
        worst_outcome,
        lower_outcome,
        doubts,
        confidence,
        constrained_outcome,
        constraint_rule,
        made_ordinal,
        known_from_ordinal,
        withdrawn_ordinal
    from constrained
)

select * from int_variable__statements
