-- One row per lot whose use may become remote, service period and close: when its wallet was used last, or the lot granted or extended, as that close knew.
with

asked as (
    select * from {{ ref('int_remote_breakage__asked') }}
),

lots as (
    select distinct
        grant_id,
        contract_id,
        unit_code
    from asked
),

drawn as (
    select
        contract_id,
        unit_code,
        service_ordinal,
        {{ int_div('revision', '10') }} as close_ordinal,
        sum(units) as units
    from {{ ref('fct_credit_draws') }}
    where
        taken_by = 'draw'
        and contract_id in (select contract_id from lots)
    group by contract_id, unit_code, service_ordinal, close_ordinal
),

used as (
    select
        contract_id,
        unit_code,
        service_ordinal,
        close_ordinal,
        lead(close_ordinal, 1, 999999) over in_order as next_ordinal,
        sum(units) over in_order as units
    from drawn
    window in_order as (partition by contract_id, unit_code, service_ordinal order by close_ordinal)
),

-- Who is granted a lot, or has it extended, is expected to use it.
renewed as (
    select
        grant_id,
        case when version_number = 1 then effective_ordinal else known_from_ordinal end as service_ordinal,
        known_from_ordinal as close_ordinal
    from {{ ref('fct_credit_lots') }}
    where grant_id in (select grant_id from lots)
    qualify version_number = 1 or expires_at is distinct from lag(expires_at) over (partition by grant_id order by version_number)
),

moves as (
    select
        lots.grant_id,
        used.service_ordinal,
        used.close_ordinal,
        used.next_ordinal
    from lots
    inner join used
        on used.contract_id = lots.contract_id
        and used.unit_code = lots.unit_code
        and used.units > 0
    union all
    select
        grant_id,
        service_ordinal,
        close_ordinal,
        999999 as next_ordinal
    from renewed
),

int_remote_breakage__activity as (
    select
        asked.grant_id,
        asked.service_ordinal,
        asked.close_ordinal,
        max(moves.service_ordinal) as active_ordinal
    from asked
    inner join moves
        on moves.grant_id = asked.grant_id
        and moves.service_ordinal <= asked.service_ordinal
        and moves.close_ordinal <= asked.close_ordinal
        and moves.next_ordinal > asked.close_ordinal
    group by asked.grant_id, asked.service_ordinal, asked.close_ordinal
)

select * from int_remote_breakage__activity
