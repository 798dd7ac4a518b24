-- One row per set of books, obligation, component, rule, known period, service period and cause: the two-date ledger, unrounded.
{%- set sources = [
    'int_pattern__usage_as_rated', 'int_pattern__usage_share', 'int_pattern__outcomes', 'int_pattern__prepaid_units',
    'int_pattern__point_in_time', 'int_pattern__point_in_time_modified', 'int_kernel__schedule',
    'int_pattern__progress', 'int_pattern__progress_modified', 'int_pattern__licence',
    'int_pattern__deposit_release',
] %}
with

kernels as (
    {%- for source_model in sources %}
        select
            book_scope,
            entity_id,
            contract_id,
            obligation_id,
            component,
            rule_code,
            service_ordinal,
            is_after_as_of,
            revision,
            amount
        from {{ ref(source_model) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

int_waterfall as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        rule_code,
        cast({{ int_div('revision', '10') }} as integer) as known_ordinal,
        service_ordinal,
        is_after_as_of,
        -- what is known by the close of its own period is normal, whatever brought it, but for the catch-up of a modification
        case
            when {{ int_div('revision', '10') }} <= service_ordinal and rule_code <> 'D12.CATCHUP' then {{ family('normal') }}
            else cast(revision % 10 as integer)
        end as cause_family,
        cast(sum(amount) as decimal(38, 18)) as amount
    from kernels
    -- interest is never revenue
    where component not in ('interest_income', 'interest_expense')
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    having sum(amount) <> 0
)

select * from int_waterfall
