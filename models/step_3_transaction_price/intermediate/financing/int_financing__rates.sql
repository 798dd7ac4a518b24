-- One row per such fee and rate of interest that applies to it: the rate of inception (D15; ASC 606-10-32-19, IFRS 15.64).
--
-- The version that the first close knew counts, whatever is estimated later: the discount rate is not updated.
with

subjects as (
    select distinct
        line_id,
        contract_id,
        customer_id,
        product_id,
        entity_id
    from {{ ref('int_financing__lines') }}
),

versions as (
    select
        estimate_id,
        scope_type,
        scope_id,
        recorded_at,
        max(known_until_at) as known_until_at,
        max(as_of_date) as as_of_date,
        case min(method)
            when 'expected_value' then {{ mean_of_scenarios('value', 'probability') }}
            else max_by(value, coalesce(probability, 1))
        end as annual_rate
    from {{ accepted(ref('stg_estimates')) }}
    where kind = 'financing_rate' and value_unit = 'rate' and book = '*'
    group by estimate_id, scope_type, scope_id, recorded_at
),

-- A version that follows another re-estimates it; one that follows a withdrawal is a new estimate.
numbered as (
    select
        *,
        sum(case when is_restated then 0 else 1 end) over (partition by estimate_id order by recorded_at) as stream_number
    from (
        select
            *,
            coalesce(lag(known_until_at) over (partition by estimate_id order by recorded_at) = recorded_at, false) as is_restated
        from versions
    ) as compared
),

streams as (
    select
        *,
        case when not bool_or(known_until_at is null) over stream then max(known_until_at) over stream end as withdrawn_at
    from numbered
    window stream as (partition by estimate_id, scope_type, scope_id, stream_number)
),

int_financing__rates as (
    select
        subjects.line_id,
        streams.estimate_id,
        cast(streams.annual_rate as decimal(38, 18)) as annual_rate,
        streams.recorded_at,
        case streams.scope_type when 'line' then 1 when 'contract' then 2 when 'customer' then 3 when 'product' then 4 when 'entity' then 5 else 6 end as nearness,
        greatest(known.period_ordinal, made.period_ordinal) as known_from_ordinal,
        coalesce(withdrawn.period_ordinal, 999999) as known_to_ordinal
    from subjects
    inner join streams
        on streams.scope_type = 'global'
        or streams.scope_type = 'entity' and streams.scope_id = subjects.entity_id
        or streams.scope_type = 'product' and streams.scope_id = subjects.product_id
        or streams.scope_type = 'customer' and streams.scope_id = subjects.customer_id
        or streams.scope_type = 'contract' and streams.scope_id = subjects.contract_id
        or streams.scope_type = 'line' and streams.scope_id = subjects.line_id
    {{ join_known_period('known', 'subjects.entity_id', 'streams.recorded_at') }}
    {{ join_period_of_date('made', 'subjects.entity_id', 'streams.as_of_date') }}
    {{ join_known_period('withdrawn', 'subjects.entity_id', 'streams.withdrawn_at') }}
    qualify row_number() over (
        partition by subjects.line_id, streams.estimate_id, streams.scope_type, streams.scope_id, streams.stream_number
        order by greatest(known.period_ordinal, made.period_ordinal) asc nulls last, streams.recorded_at desc
    ) = 1
)

select * from int_financing__rates
