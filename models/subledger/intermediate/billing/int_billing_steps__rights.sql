-- One row per document line and date on which part of its amount became unconditional, and one on which it was voided.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

lines as (
    select * from {{ ref('int_billing_lines__rights') }}
),

whole as (
    select
        document_line_id,
        whole_date as step_date,
        case when is_point_in_time and whole_date = handed_over_date then greatest(known_ordinal, handed_over_known_ordinal) else known_ordinal end as known_ordinal,
        net_minor + tax_minor as gross_minor
    from lines
    where whole_date is not null
),

-- Billed ahead while the customer may still leave: the right grows with performance.
growing as (
    select
        lines.document_line_id,
        greatest(lines.issued_date, cast(least(periods.end_date, lines.to_date) - interval 1 day as date)) as step_date,
        lines.known_ordinal,
        {{ int_div('cast(lines.net_minor + lines.tax_minor as ' ~ wide_integer() ~ ') * ' ~ days_between('lines.from_date', 'least(periods.end_date, lines.to_date)'), days_between('lines.from_date', 'lines.to_date')) }}
        - {{ int_div('cast(lines.net_minor + lines.tax_minor as ' ~ wide_integer() ~ ') * ' ~ days_between('lines.from_date', 'greatest(periods.start_date, lines.from_date)'), days_between('lines.from_date', 'lines.to_date')) }} as gross_minor
    from lines
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = lines.entity_id
        and periods.start_date < lines.to_date
        and periods.end_date > lines.from_date
    where
        lines.whole_date is null
        and not lines.is_point_in_time
        and lines.to_date > lines.from_date
),

steps as (
    select * from whole
    union all
    select * from growing
),

voids as (
    select
        lines.document_line_id,
        lines.voided_date,
        greatest(lines.void_known_ordinal, lines.known_ordinal, voided.period_ordinal) as void_ordinal
    from lines
    {{ join_period_of_date('voided', 'lines.entity_id', 'lines.voided_date') }}
    where lines.void_known_ordinal is not null
),

placed as (
    select
        steps.document_line_id,
        steps.step_date,
        greatest(steps.known_ordinal, happened.period_ordinal) as posting_ordinal,
        cast(steps.gross_minor as {{ wide_integer() }}) as gross_minor,
        coalesce(voids.void_ordinal, 999999) as void_ordinal
    from steps
    inner join lines on lines.document_line_id = steps.document_line_id
    left join voids on voids.document_line_id = steps.document_line_id
    {{ join_period_of_date('happened', 'lines.entity_id', 'steps.step_date') }}
    cross join run
    where
        steps.step_date <= cast({{ local_from_utc('run.as_of', "'UTC'") }} as date)
        and happened.has_begun
),

int_billing_steps__rights as (
    select
        document_line_id,
        step_date,
        posting_ordinal,
        false as is_void,
        cast(gross_minor as decimal(38, 0)) as gross_minor
    from placed
    where posting_ordinal <= void_ordinal

    union all

    -- also where nothing was unconditional yet: what was paid of it pays for nothing any more
    select
        voids.document_line_id,
        voids.voided_date as step_date,
        voids.void_ordinal as posting_ordinal,
        true as is_void,
        cast(-coalesce(sum(placed.gross_minor), 0) as decimal(38, 0)) as gross_minor
    from voids
    left join placed
        on placed.document_line_id = voids.document_line_id
        and placed.posting_ordinal <= voids.void_ordinal
    group by voids.document_line_id, voids.voided_date, voids.void_ordinal
)

select * from int_billing_steps__rights
