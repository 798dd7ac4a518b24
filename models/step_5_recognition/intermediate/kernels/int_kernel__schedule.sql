-- One row per obligation, set of books, service period and revision: what knowledge changed in a schedule spread by days.
--
-- The schedule kernel: a version is a belief held from one close until the next. Its amounts by
-- period are written once when it begins and taken back once when it is replaced.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

beliefs as (
    select * from {{ ref('int_pattern__ratable_by_day') }}
    union all by name
    select * from {{ ref('int_pattern__material_right') }}
    union all by name
    select * from {{ ref('int_pattern__interest') }}
),

-- A period that is not over at the knowledge date is cut there: days after it are still ahead.
stretches as (
    select
        entity_id,
        period_ordinal,
        start_date as from_date,
        case when is_flash then as_of_date else end_date end as to_date,
        false as is_after_as_of
    from (
        select
            periods.*,
            cast({{ local_from_utc('run.as_of', 'entities.time_zone') }} as date) as as_of_date
        from {{ ref('dim_accounting_periods') }} as periods
        inner join {{ ref('dim_entities') }} as entities on entities.entity_id = periods.entity_id
        cross join run
    ) as cut

    union all

    select
        periods.entity_id,
        periods.period_ordinal,
        cast({{ local_from_utc('run.as_of', 'entities.time_zone') }} as date) as from_date,
        periods.end_date as to_date,
        true as is_after_as_of
    from {{ ref('dim_accounting_periods') }} as periods
    inner join {{ ref('dim_entities') }} as entities on entities.entity_id = periods.entity_id
    cross join run
    where periods.is_flash
),

spread as (
    select
        beliefs.*,
        stretches.period_ordinal as service_ordinal,
        stretches.is_after_as_of,
        -- differences of the cumulative add up to the fee exactly
        {{ share_of('beliefs.amount', days_between('beliefs.from_date', 'least(beliefs.earned_to_date, stretches.to_date)'), days_between('beliefs.from_date', 'beliefs.to_date')) }}
        - {{ share_of('beliefs.amount', days_between('beliefs.from_date', 'greatest(beliefs.earned_from_date, stretches.from_date)'), days_between('beliefs.from_date', 'beliefs.to_date')) }} as earned
    from beliefs
    inner join stretches
        on stretches.entity_id = beliefs.entity_id
        and stretches.from_date < beliefs.earned_to_date
        and stretches.to_date > beliefs.earned_from_date
        and stretches.from_date < stretches.to_date
),

written as (
    select
        spread.* exclude (earned),
        known_from_ordinal as known_ordinal,
        arrived_family as family,
        earned
    from spread

    union all

    select
        spread.* exclude (earned),
        known_to_ordinal as known_ordinal,
        replaced_family as family,
        -earned as earned
    from spread
    where known_to_ordinal < 999999
),

int_kernel__schedule as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        rule_code,
        service_ordinal,
        is_after_as_of,
        -- known by the close of its own period, it is current, whatever brought it
        case
            when known_ordinal <= service_ordinal then known_ordinal * 10 + {{ family('normal') }}
            else known_ordinal * 10 + family
        end as revision,
        cast(sum(earned) as decimal(38, 18)) as amount
    from written
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    having sum(earned) <> 0
)

select * from int_kernel__schedule
