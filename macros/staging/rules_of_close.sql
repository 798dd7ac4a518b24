{#- Closes as declared: a period of an entity, in force in [recorded_at, known_until_at). -#}
{% macro declared_closes() -%}
    (select * from {{ accepted(ref('stg_accounting_periods')) }} where state = 'closed' and not coalesce(is_adjustment, false))
{%- endmacro %}

{#- True where an election takes effect in a period that was closed when it was recorded, unless it is for the future only. -#}
{% macro retroactive_election() -%}
    coalesce(landed.transition, '') <> 'prospective'
    and exists (
        select 1 from {{ declared_closes() }} as closes
        where
            closes.recorded_at <= landed.recorded_at
            -- local midnight of any zone counts as its date
            and cast(closes.period_end as timestamp) > landed.effective_from + interval 14 hour
            and (landed.scope_type <> 'entity' or closes.entity_id in (landed.scope_id, '*'))
    )
{%- endmacro %}

{#- True where another rate was given before for a date inside a period that is closed. -#}
{% macro restated_rate() -%}
    exists (
        select 1 from landed as earlier
        where
            earlier.from_currency = landed.from_currency
            and earlier.to_currency = landed.to_currency
            and earlier.rate_type = landed.rate_type
            and earlier.rate_date = landed.rate_date
            and earlier.recorded_at < landed.recorded_at
            and not earlier.is_test
            and (earlier.rate_amount <> landed.rate_amount or earlier.rate_per_units <> landed.rate_per_units)
    )
    and exists (
        select 1 from {{ declared_closes() }} as closes
        where
            closes.recorded_at <= landed.recorded_at
            and closes.period_start <= landed.rate_date
            and closes.period_end > landed.rate_date
    )
{%- endmacro %}

{#- True where the entity's period is closed when the adjustment is known. -#}
{% macro adjusts_closed_period() -%}
    exists (
        select 1 from {{ declared_closes() }} as closes
        where
            closes.entity_id in (typed.entity_id, '*')
            and closes.period_id = typed.period_id
            and closes.recorded_at <= typed.recorded_at
            and coalesce(closes.known_until_at, timestamp '9999-12-31') > typed.recorded_at
    )
{%- endmacro %}

{#- True where an estimate is made as of a date that no close which first knows it could see. -#}
{% macro estimated_after_cutoff() -%}
    typed.as_of_date > (
        select max(cast(first_cutoff_at as date))
        from (
            select
                seen.estimate_row,
                seen.entity_id,
                min(seen.knowledge_cutoff_at) as first_cutoff_at
            from (
                select
                    rows.input_row as estimate_row,
                    closes.entity_id,
                    closes.knowledge_cutoff_at
                from typed as rows
                inner join {{ declared_closes() }} as closes
                    on closes.knowledge_cutoff_at >= rows.recorded_at
                    and (rows.scope_type <> 'entity' or closes.entity_id in (rows.scope_id, '*'))
            ) as seen
            group by seen.estimate_row, seen.entity_id
        ) as firsts
        where firsts.estimate_row = typed.input_row
    )
{%- endmacro %}

{#- The scenarios that one recording states for an estimate: they are judged, and refused, together. -#}
{% macro scenarios_having(condition) -%}
    (candidate.estimate_id, candidate.recorded_at) in (
        select
            estimate_id,
            recorded_at
        from known
        group by estimate_id, recorded_at
        having {{ condition }}
    )
{%- endmacro %}

{#- True where the probabilities do not add up to 1; a single scenario needs none. -#}
{% macro probabilities_do_not_sum() -%}
    {{ scenarios_having('(count(*) > 1 or count(probability) > 0) and coalesce(sum(probability), 0) <> 1') }}
{%- endmacro %}

{#- True where scenarios of one recording are in several currencies, or some in none: their values do not add up. -#}
{% macro currencies_of_scenarios_differ() -%}
    {{ scenarios_having("count(distinct coalesce(currency, '')) > 1") }}
{%- endmacro %}

{#-
    True where the constrained value promises more revenue than the estimate: it lies above the
    expected or most likely value, or, for a share given back, below it.
-#}
{% macro constrained_above_estimate() -%}
    (candidate.estimate_id, candidate.recorded_at) in (
        select
            estimate_id,
            recorded_at
        from (
            select
                estimate_id,
                recorded_at,
                max(case kind when 'reversal_rate' then -1 else 1 end * constrained_value) as constrained_value,
                case min(kind) when 'reversal_rate' then -1 else 1 end
                * case
                    when min(method) = 'expected_value'
                        then {{ mean_of_scenarios('value', 'probability') }}
                    else max_by(value, coalesce(probability, 1))
                end as estimated_value
            from known
            where
                coalesce(probability, 0) <= 1
                and abs(value) < 1000000000000000000
            group by estimate_id, recorded_at
        ) as sets
        where constrained_value > estimated_value
    )
{%- endmacro %}

{#- True where another period of the entity, known before under another id, covers a day of this one. -#}
{% macro overlapping_period() -%}
    not coalesce(candidate.is_adjustment, false)
    and {{ holds_beside_another(
        'period_id', ['{row}.entity_id'], 'period_start', 'period_end', only='not coalesce(is_adjustment, false)', of_books=true
    ) }}
{%- endmacro %}

{#- True where the period was closed for the other book at another cut-off: one cut-off serves both. -#}
{% macro cutoff_differs() -%}
    candidate.state = 'closed'
    and exists (
        select 1 from known as other
        where
            other.entity_id = candidate.entity_id
            and other.period_id = candidate.period_id
            and other.book <> candidate.book
            and other.state = 'closed'
            and other.knowledge_cutoff_at <> candidate.knowledge_cutoff_at
            and coalesce(other.known_until_at, timestamp '9999-12-31') > candidate.recorded_at
            and (
                other.recorded_at < candidate.recorded_at
                or other.recorded_at = candidate.recorded_at and other.book < candidate.book
            )
    )
{%- endmacro %}

{#- True where a period is closed before an earlier one, or with an earlier cut-off, as declared by then. -#}
{% macro closed_out_of_order() -%}
    candidate.state = 'closed'
    and not coalesce(candidate.is_adjustment, false)
    and exists (
        select 1 from known as before_it
        where
            before_it.entity_id = candidate.entity_id
            and before_it.book in (candidate.book, '*')
            and not coalesce(before_it.is_adjustment, false)
            and before_it.period_end <= candidate.period_start
            and before_it.recorded_at <= candidate.recorded_at
            and coalesce(before_it.known_until_at, timestamp '9999-12-31') > candidate.recorded_at
            and (before_it.state <> 'closed' or before_it.knowledge_cutoff_at > candidate.knowledge_cutoff_at)
    )
{%- endmacro %}

{#- True where days are missing between the entity's earlier periods and this one: it waits for them. -#}
{% macro after_a_gap() -%}
    not coalesce(candidate.is_adjustment, false)
    and exists (
        select 1
        from (
            select
                entity_id,
                period_start,
                max(period_end) over (
                    partition by entity_id order by period_start
                    range between unbounded preceding and interval 1 day preceding
                ) as covered_to
            from known
            where not coalesce(is_adjustment, false)
        ) as covered
        where
            covered.entity_id = candidate.entity_id
            and covered.period_start <= candidate.period_start
            and covered.period_start > covered.covered_to
    )
{%- endmacro %}

{#- Who prepared what a review may speak of. -#}
{% macro prepared_subjects() -%}
    {{ return({'estimates': 'prepared_by', 'manual_adjustments': 'prepared_by', 'accounting_periods': 'changed_by'}) }}
{%- endmacro %}

{#- True where the reviewer prepared the version under review. -#}
{% macro reviewed_by_preparer() -%}
    {%- if not execute -%} false
    {%- else -%}
    exists (
        select 1
        from (
            {%- for table, preparer in prepared_subjects().items() %}
            select
                '{{ table }}' as subject_table,
                {{ subject_key(table, 'subjects') }} as subject_id,
                subjects.recorded_at,
                subjects.{{ preparer }} as preparer
            from (
                {{ typed_rows(table) }}
            ) as subjects
            {%- if not loop.last %}
            union all
            {%- endif %}
            {%- endfor %}
        ) as prepared
        where
            prepared.subject_table = typed.subject_table
            and prepared.subject_id = typed.subject_id
            and prepared.recorded_at = typed.subject_recorded_at
            and lower(prepared.preparer) = lower(typed.reviewer)
    )
    {%- endif -%}
{%- endmacro %}

{#-
    True where the version under review was not landed. Marts may be reviewed too, and hold no
    landed rows; single usage events are not reviewed.
-#}
{% macro subject_version_absent() -%}
    {%- if not execute -%}
    {#- what dbt does not meet while it parses, it would take for unread -#}
    {%- for table in reviewable_tables() %}{% do source('raw', table) %}{% endfor -%}
    false
    {%- else -%}
    typed.subject_table in ('{{ reviewable_tables() | join("', '") }}')
    and not exists (
        select 1
        from (
            {%- for table in reviewable_tables() %}
            select
                '{{ table }}' as subject_table,
                {{ subject_key(table, 'subjects') }} as subject_id,
                subjects.recorded_at
            from (
                {{ typed_rows(table) }}
            ) as subjects
            {%- if not loop.last %}
            union all
            {%- endif %}
            {%- endfor %}
        ) as versions
        where
            versions.subject_table = typed.subject_table
            and versions.subject_id = typed.subject_id
            and versions.recorded_at = typed.subject_recorded_at
    )
    {%- endif -%}
{%- endmacro %}

{% macro reviewable_tables() -%}
    {{ return(staged_tables() | reject('equalto', 'reviews') | list) }}
{%- endmacro %}
