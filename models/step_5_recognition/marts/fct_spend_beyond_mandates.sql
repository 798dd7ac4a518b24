-- One row per obligation of an agent's contract, set of books, component, rule, service period, known period and cause: what was earned beyond the mandate, positive, and given back once it is ratified (D1, E57).
--
-- Performance is counted in the order of its service against the cap, as each close knew both:
-- E = min(cap, earned to date). Within a period, in the order of obligations.
with

mandates as (
    select * from {{ ref('fct_agent_mandates') }}
),

earned as (
    select
        waterfall.*,
        waterfall.known_ordinal * 10 + waterfall.cause_family as revision
    from {{ ref('int_waterfall') }} as waterfall
    inner join (select distinct contract_id from mandates) as capped on capped.contract_id = waterfall.contract_id
),

revisions as (
    select
        book_scope,
        contract_id,
        revision
    from earned
    union
    select
        earned.book_scope,
        earned.contract_id,
        mandates.known_from_ordinal * 10 + {{ family('contract') }} as revision
    from earned
    inner join mandates on mandates.contract_id = earned.contract_id
    union
    select
        earned.book_scope,
        earned.contract_id,
        mandates.known_to_ordinal * 10 + {{ family('contract') }} as revision
    from earned
    inner join mandates on mandates.contract_id = earned.contract_id
    where mandates.known_to_ordinal < 999999
),

cells as (
    select distinct
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        component,
        rule_code,
        service_ordinal,
        is_after_as_of
    from earned
),

-- Few contracts: everything they earned, as each of their revisions saw it.
seen as (
    select
        cells.*,
        revisions.revision,
        coalesce(sum(earned.amount), 0) as amount
    from cells
    inner join revisions
        on revisions.book_scope = cells.book_scope
        and revisions.contract_id = cells.contract_id
    left join earned
        on earned.book_scope = cells.book_scope
        and earned.obligation_id = cells.obligation_id
        and earned.component = cells.component
        and earned.rule_code = cells.rule_code
        and earned.service_ordinal = cells.service_ordinal
        and earned.is_after_as_of = cells.is_after_as_of
        and earned.revision <= revisions.revision
    group by all
),

accumulated as (
    select
        *,
        sum(amount) over (
            partition by book_scope, contract_id, revision
            order by service_ordinal, is_after_as_of, obligation_id, component, rule_code
            rows between unbounded preceding and current row
        ) as earned_to_date
    from seen
),

capped as (
    select
        accumulated.*,
        case
            when mandates.contract_id is null then 0
            else
                greatest(0, accumulated.earned_to_date - mandates.authority_limit_amount)
                - greatest(0, accumulated.earned_to_date - accumulated.amount - mandates.authority_limit_amount)
        end as beyond
    from accumulated
    left join mandates
        on mandates.contract_id = accumulated.contract_id
        and mandates.known_from_ordinal * 10 + {{ family('contract') }} <= accumulated.revision
        and mandates.known_to_ordinal * 10 + {{ family('contract') }} > accumulated.revision
),

changes as (
    select
        *,
        beyond - coalesce(lag(beyond) over (
            partition by book_scope, obligation_id, component, rule_code, service_ordinal, is_after_as_of order by revision
        ), 0) as change
    from capped
),

fct_spend_beyond_mandates as (
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
        case
            when {{ int_div('revision', '10') }} <= service_ordinal then {{ family('normal') }}
            else cast(revision % 10 as integer)
        end as cause_family,
        cast(sum(change) as decimal(38, 18)) as amount
    from changes
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    having sum(change) <> 0
)

select * from fct_spend_beyond_mandates
