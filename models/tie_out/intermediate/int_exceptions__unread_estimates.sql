-- One row per estimate that its kind has no use for: its unit, its scope, its line or its book is none that is read, or what it names is not there.
{#- What each kind reads. What is variable by its amount says itself which line it fits (int_exceptions__estimates). #}
{%- set widest = ['line', 'contract', 'customer', 'product', 'entity', 'global'] %}
{%- set kinds = {
    'variable_consideration': (['amount'], ['line', 'contract', 'contract_event']),
    'reversal_rate': (['rate'], widest + ['customer_class', 'jurisdiction']),
    'breakage': (['rate', 'units'], widest + ['grant', 'grant_kind', 'customer_class', 'jurisdiction']),
    'option_exercise': (['rate', 'units'], widest + ['customer_class']),
    'usage_forecast': (['units', 'amount'], ['line', 'contract']),
    'progress_total': (['units', 'amount'], ['line', 'contract', 'customer', 'product', 'entity']),
    'uninstalled_cost': (['amount'], ['line', 'contract', 'customer', 'product', 'entity']),
    'collectability': (['rate'], ['contract', 'customer', 'cohort', 'customer_class', 'jurisdiction', 'entity', 'global']),
    'financing_rate': (['rate'], widest),
    'noncash_fair_value': (['amount'], ['line', 'contract', 'customer', 'entity', 'global']),
    'unit_cost': (['amount'], widest),
} %}
with

estimates as (
    select
        estimate_id,
        kind,
        book,
        scope_type,
        scope_id,
        value_unit,
        min(recorded_at) as known_at
    from {{ accepted(ref('stg_estimates')) }}
    where known_until_at is null
    group by estimate_id, kind, book, scope_type, scope_id, value_unit
),

lines as (
    select
        stated.line_id,
        min(stated.line_kind) as line_kind,
        bool_or(coalesce(promised.pattern = 'progress', false)) as is_by_progress
    from {{ accepted(ref('stg_contract_lines')) }} as stated
    left join {{ ref('dim_obligation_lines') }} as promised on promised.line_id = stated.line_id
    group by stated.line_id
),

-- A cohort is a name that collection gives to invoices.
judged as (
    select
        estimates.*,
        case
            {%- for kind, reads in kinds.items() %}
                when estimates.kind = '{{ kind }}' and estimates.value_unit not in ('{{ reads[0] | join("', '") }}')
                    then 'in {{ reads[0] | join(" or ") }} and not in ' || estimates.value_unit
                when estimates.kind = '{{ kind }}' and estimates.scope_type not in ('{{ reads[1] | join("', '") }}')
                    then 'for a {{ reads[1] | join(", ") }} and not for ' || estimates.scope_type
            {%- endfor %}
            when estimates.kind = 'usage_forecast' and lines.line_kind not in ('usage', 'outcome', 'overage', 'included_credits', 'minimum_commitment', 'option')
                then 'for a line of what is used and not for one of ' || lines.line_kind
            when estimates.kind = 'noncash_fair_value' and lines.line_kind <> 'noncash'
                then 'for a line of consideration in kind and not for one of ' || lines.line_kind
            when estimates.kind in ('progress_total', 'uninstalled_cost') and not lines.is_by_progress
                then 'for a promise that is measured by progress, which line ' || lines.line_id || ' is not'
            when estimates.kind <> 'collectability' and estimates.book <> '*' then 'for both books (*) and not for ' || estimates.book
            when estimates.scope_type not in ('global', 'cohort') and named.scope_id is null
                then 'for something that an accepted row names, which ' || estimates.scope_type || ' ' || estimates.scope_id || ' is not'
        end as what_is_read
    from estimates
    left join ({{ named_scopes() }}) as named
        on named.scope_type = estimates.scope_type
        and named.scope_id = estimates.scope_id
    left join lines
        on estimates.scope_type = 'line'
        and lines.line_id = estimates.scope_id
),

int_exceptions__unread_estimates as (
    select
        'ESTIMATE_NOT_APPLIED' as exception_code,
        'warn' as severity,
        estimate_id as subject,
        known_at,
        'An estimate of kind ' || kind || ' is read ' || what_is_read || ': it counts for nothing.' as message
    from judged
    where what_is_read is not null
)

select * from int_exceptions__unread_estimates
