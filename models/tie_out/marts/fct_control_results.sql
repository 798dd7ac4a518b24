-- One row per control: how many violators it found in this run.
{%- set controls = [
    'chk_rows_conserved', 'chk_journal_balances', 'chk_posted_is_rounded_earned', 'chk_closed_periods_keep_postings',
    'chk_causes_sum_to_posted', 'chk_allocation_is_complete', 'chk_revenue_within_price', 'chk_liability_rolls_forward',
    'chk_asset_or_liability', 'chk_reclasses_reverse', 'chk_usage_is_conserved', 'chk_usage_is_rated',
    'chk_revenue_has_contract', 'chk_usage_revenue_is_rated_usage', 'chk_books_differ_with_reason',
    'chk_journal_ties_to_revenue', 'chk_knowledge_cutoffs', 'chk_time_zones', 'chk_segments_tile',
] %}
with

violations as (
    {%- for control in controls %}
        select
            '{{ control }}' as control_code,
            count(*) as violation_count
        from {{ ref(control) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

fct_control_results as (
    select
        violations.control_code,
        controls.invariant,
        controls.title,
        controls.severity,
        controls.owner,
        controls.paragraph,
        controls.what_to_do,
        violations.violation_count
    from violations
    inner join {{ ref('controls') }} as controls on controls.control_code = violations.control_code
)

select * from fct_control_results
