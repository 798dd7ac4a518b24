{#-
    True where an approved modification has no terms: no landed row of contracts or lines cites
    it. The landed tables are read, since accepted lines wait for the events they cite.
-#}
{% macro modification_without_terms() -%}
    typed.event_kind = 'modified'
    and typed.approved_at is not null
    and typed.contract_event_id not in (
        select modified_by_event_id from {{ source('raw', 'contract_lines') }} where modified_by_event_id is not null
        union all
        select modified_by_event_id from {{ source('raw', 'contracts') }} where modified_by_event_id is not null
    )
{%- endmacro %}

{#- True where the contract was already terminated by another event, known before and not withdrawn. -#}
{% macro terminated_twice() -%}
    candidate.event_kind = 'terminated'
    and candidate.approved_at is not null
    and exists (
        select 1 from known as earlier
        where
            earlier.contract_id = candidate.contract_id
            and earlier.event_kind = 'terminated'
            and earlier.approved_at is not null
            and coalesce(earlier.known_until_at, timestamp '9999-12-31') > candidate.recorded_at
            and (
                earlier.recorded_at < candidate.recorded_at
                or earlier.recorded_at = candidate.recorded_at and earlier.contract_event_id < candidate.contract_event_id
            )
    )
{%- endmacro %}

{#- True where goods are accepted of which nothing was handed over before; handed over later, it stands. -#}
{% macro not_delivered() -%}
    candidate.kind = 'accepted'
    and not exists (
        select 1 from known as handed_over
        where
            handed_over.line_id = candidate.line_id
            and handed_over.kind in ('delivered', 'milestone', 'progress', 'licence_available')
            and handed_over.occurred_at <= candidate.occurred_at
            and coalesce(handed_over.known_until_at, timestamp '9999-12-31') > candidate.recorded_at
    )
{%- endmacro %}

{#- Deliveries beyond a hundred percent, or beyond the quantity of a line that states one for all its time. -#}
{% macro over_delivered() -%}
    candidate.input_row in (
        {{ overdrawing_rows(delivered_movements()) }}
    )
{%- endmacro %}

{% macro delivered_movements() -%}
    select
        counted.line_id || '|' || counted.measure as group_key,
        case moves.kind when 1 then '' else counted.input_row end as input_row,
        cast(case
            when moves.kind = 1 then counted.limit_value
            when counted.kind = 'returned' then counted.measure_value
            else -counted.measure_value
        end * case moves.kind when 3 then -1 else 1 end as decimal(38, 9)) as change_amount,
        case moves.kind when 1 then timestamp '0001-01-01' when 2 then counted.recorded_at else counted.known_until_at end as moved_at,
        moves.kind = 2 and counted.kind <> 'returned' as is_refusable,
        moves.kind = 3 as is_reversal
    from (
        select
            known.*,
            case known.measure when 'percent' then 100 else terms.quantity end as limit_value,
            row_number() over (partition by known.line_id, known.measure order by known.recorded_at, known.input_row) as place
        from known
        left join (
            select
                line_id,
                max(quantity) as quantity
            from {{ accepted(ref('stg_contract_lines')) }}
            group by line_id
            -- a quantity per interval comes again with the next one
            having bool_and(coalesce(amount_interval, 'once') = 'once')
        ) as terms on terms.line_id = known.line_id
        where
            known.kind in ('delivered', 'progress', 'milestone', 'returned')
            and (known.measure = 'percent' or known.measure = 'units' and terms.quantity is not null)
    ) as counted
    cross join (select 1 as kind union all select 2 as kind union all select 3 as kind) as moves
    where
        moves.kind = 2
        or moves.kind = 1 and counted.place = 1
        or moves.kind = 3 and counted.known_until_at is not null
{%- endmacro %}
