-- One row per outcome line, set of books and closes that believed so: whether its outcomes are revenue when they are reached, less a reserve, or when their window has closed (D17).
--
-- Accepted one by one they pass when accepted. Else what is elected; else a reserve where reversals are estimated and
-- history is long and steady enough to rely on, and until then the constraint keeps them out (ASC 606-10-32-11, IFRS 15.56).
with

-- The books are judged apart where one of them has an election of its own.
scopes as (
    select distinct
        contract_id,
        book_scope
    from {{ ref('fct_contract_gates') }}
),

lines as (
    select
        lines.*,
        lines.is_paid_in_credits or lines.is_paid_by_money_lots as is_paid_by_lots,
        scopes.book_scope
    from {{ ref('int_outcome_lines') }} as lines
    inner join scopes on scopes.contract_id = lines.contract_id
),

elected as (
    select * from {{ ref('int_outcome_lines__elected') }}
),

rates as (
    select * from {{ ref('fct_reversal_rates') }}
),

histories as (
    select distinct
        lines.line_id,
        histories.*
    from lines
    inner join {{ ref('int_outcome_histories') }} as histories
        on histories.entity_id = lines.entity_id
        and histories.product_id = lines.product_id
),

{%- set thresholds = {'counts': 'outcome_history_count', 'deviations': 'outcome_rate_deviation'} %}
{%- for name, topic in thresholds.items() %}

    {{ name }} as (
        select
            lines.line_id,
            lines.book_scope,
            thresholds.threshold,
            thresholds.from_ordinal,
            thresholds.to_ordinal
        from lines
        inner join ({{ threshold_of(topic) }}) as thresholds on thresholds.entity_id = lines.entity_id
    ),
{%- endfor %}

{{ windows_between_closes('line_id', {
    'lines': ['known_ordinal'],
    'elected': ['known_ordinal', 'replaced_ordinal'],
    'rates': ['known_from_ordinal', 'known_to_ordinal'],
    'histories': ['known_from_ordinal'],
    'counts': ['from_ordinal'],
    'deviations': ['from_ordinal'],
}) }},

in_force as (
    select
        lines.*,
        greatest(windows.window_from_ordinal, lines.known_ordinal) as window_from_ordinal,
        elected.choice,
        elected.election_id,
        rates.reversal_rate,
        rates.estimate_id,
        coalesce(histories.settled_count, 0) as settled_count,
        coalesce(histories.quarter_count, 0) as quarter_count,
        histories.largest_deviation,
        coalesce(
            histories.settled_count >= counts.threshold and histories.quarter_count > 1 and histories.largest_deviation <= deviations.threshold, false
        ) as is_reliable
    from windows
    inner join lines
        on lines.line_id = windows.line_id
        and lines.known_ordinal < windows.window_to_ordinal
    {%- for name in ['counts', 'deviations'] %}
        inner join {{ name }}
            on {{ name }}.line_id = windows.line_id
            and {{ name }}.book_scope = lines.book_scope
            and {{ name }}.from_ordinal <= windows.window_from_ordinal
            and {{ name }}.to_ordinal > windows.window_from_ordinal
    {%- endfor %}
    {%- for name in ['rates', 'histories'] %}
        left join {{ name }}
            on {{ name }}.line_id = windows.line_id
            and {{ name }}.known_from_ordinal <= windows.window_from_ordinal
            and {{ name }}.known_to_ordinal > windows.window_from_ordinal
    {%- endfor %}
    left join elected
        on elected.line_id = windows.line_id
        and elected.book in ('*', lines.book_scope)
        and elected.known_ordinal <= windows.window_from_ordinal
        and elected.replaced_ordinal > windows.window_from_ordinal
    qualify row_number() over (partition by windows.line_id, lines.book_scope, windows.window_from_ordinal order by {{ nearest_election('elected') }}) = 1
),

ruled as (
    select
        *,
        case
            when acceptance_is_substantive then 'D17.ACCEPTANCE'
            -- a lot pays for what is final
            when is_paid_by_lots then 'D17.CREDITS'
            when choice = 'conservative' then 'D17.ELECTED'
            -- a reserve is an estimate: without one there is none
            when reversal_rate is null then 'D17.NO_RATE'
            when choice = 'reserve' then 'D17.ELECTED'
            when is_reliable then 'D17.RELIABLE_RATE'
            else 'D17.NO_RELIABLE_RATE'
        end as rule_code
    from in_force
),

decided as (
    select
        *,
        case when rule_code = 'D17.RELIABLE_RATE' or rule_code = 'D17.ELECTED' and choice = 'reserve' then 'reserve' else 'conservative' end as policy
    from ruled
),

-- A close that believes what the one before did leaves no row.
changed as (
    select *
    from decided
    qualify
        policy || rule_code || coalesce(election_id, '') is distinct from lag(policy || rule_code || coalesce(election_id, '')) over (
            partition by line_id, book_scope order by window_from_ordinal
        )
),

fct_outcome_policies as (
    select
        book_scope,
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        policy,
        rule_code,
        choice as elected_policy,
        election_id,
        estimate_id,
        is_paid_by_lots,
        cast(settled_count as decimal(38, 9)) as settled_count,
        cast(quarter_count as integer) as quarter_count,
        largest_deviation,
        cast(window_from_ordinal as integer) as known_from_ordinal,
        cast(lead(window_from_ordinal, 1, 999999) over (partition by line_id, book_scope order by window_from_ordinal) as integer) as known_to_ordinal
    from changed
)

select * from fct_outcome_policies
