-- One row per book, lot, what took its units, usage line segment, service period, known period and cause.
--
-- The segment leads to the usage: fct_usage_daily of the line, from usage_from_at until usage_to_at.
with

draws as (
    select * from {{ ref('int_credit_values') }}
    union all by name
    select * from {{ ref('fct_credit_breakage') }}
),

gated as (
    select
        books.book,
        draws.* exclude (book_scope),
        gates.until_ordinal,
        greatest(draws.revision, gates.gate_ordinal * 10 + {{ family('contract') }}) as gated_revision
    from draws
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = draws.contract_id
        and draws.book_scope in ('both', gates.book_scope)
        and gates.from_at = draws.stretch_from_at
        and gates.gate_ordinal is not null
        and gates.until_ordinal * 10 > greatest(draws.revision, gates.gate_ordinal * 10 + {{ family('contract') }})
    inner join {{ ref('books') }} as books on books.book_scope = gates.book_scope
),

taken as (
    select * from gated
    union all
    select * replace (until_ordinal * 10 + {{ family('contract') }} as gated_revision, -units as units, -amount as amount)
    from gated
    where until_ordinal < 999999
),

caused as (
    select
        *,
        cast({{ int_div('gated_revision', '10') }} as integer) as known_ordinal,
        case
            when {{ int_div('gated_revision', '10') }} <= service_ordinal then {{ family('normal') }}
            else cast(gated_revision % 10 as integer)
        end as cause_family
    from taken
),

segments as (
    select distinct
        line_segment_number,
        segment_from_at,
        segment_to_at
    from {{ ref('fct_usage_by_period') }}
),

fct_credit_drawdowns as (
    select
        caused.book,
        caused.entity_id,
        caused.contract_id,
        lines.obligation_id,
        caused.grant_id,
        caused.taken_by,
        caused.line_id,
        used.contract_id as usage_contract_id,
        caused.line_segment_number,
        case when caused.line_id is not null then greatest(segments.segment_from_at, service.start_at) end as usage_from_at,
        case when caused.line_id is not null then least(segments.segment_to_at, service.end_at) end as usage_to_at,
        causes.cause_code,
        known.period_id as known_period_id,
        service.period_id as service_period_id,
        case when known.period_ordinal > service.period_ordinal then known.period_id else service.period_id end as posting_period_id,
        caused.known_ordinal,
        caused.service_ordinal,
        greatest(caused.known_ordinal, caused.service_ordinal) as posting_ordinal,
        caused.unit_code,
        cast(sum(caused.units) as decimal(38, 18)) as units,
        grants.currency,
        cast(sum(caused.amount) as decimal(38, 18)) as amount
    from caused
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = caused.grant_id
    left join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = grants.line_id
    left join {{ ref('dim_obligation_lines') }} as used on used.line_id = caused.line_id
    left join segments
        on segments.line_segment_number = caused.line_segment_number
    inner join {{ ref('cause_codes') }} as causes on causes.cause_family = caused.cause_family
    inner join {{ ref('dim_accounting_periods') }} as known
        on known.entity_id = caused.entity_id
        and known.period_ordinal = caused.known_ordinal
    inner join {{ ref('dim_accounting_periods') }} as service
        on service.entity_id = caused.entity_id
        and service.period_ordinal = caused.service_ordinal
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21
    having sum(caused.units) <> 0 or sum(caused.amount) <> 0
)

select * from fct_credit_drawdowns
