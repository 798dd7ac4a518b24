-- One row per lot that a minimum grants by itself and termination of its contract before it ends: the closes that believed both, and the units that nobody owes any more.
--
-- Use ends with the contract, so the right to the units does. What is owed of a started interval is what its fee would be: all of it, only the days
-- served where unused parts are refunded (termination_refund_kind), or nothing of it. An interval that begins later is not owed (ASC 606-10-25-13(a);
-- IFRS 15.21(a)). Grants that somebody states go on until a row takes them away.
with

lots as (
    select
        placed.grant_id,
        placed.contract_id,
        placed.root_grant_id,
        placed.units,
        placed.effective_at,
        placed.expires_at,
        placed.known_ordinal,
        placed.withdrawn_ordinal,
        places.time_zone,
        places.termination_refund_kind,
        currencies.minor_unit_exponent
    from {{ ref('int_credit_grants__placed') }} as placed
    inner join {{ ref('int_credit_grants__sold') }} as sold
        on sold.grant_id = coalesce(placed.stated_grant_id, placed.grant_id)
        and sold.is_implied
    inner join {{ ref('fct_commitments') }} as commitments on commitments.line_id = placed.line_id
    inner join {{ ref('int_contracts__places') }} as places on places.contract_id = placed.contract_id
    -- lots of money are in whole minor units
    left join {{ ref('currencies') }} as currencies on currencies.currency = placed.unit_code
    where placed.not_drawn_reason is null
),

ended as (
    select
        lots.*,
        terminations.contract_event_id,
        terminations.recorded_at,
        terminations.effective_at as ended_at,
        greatest(terminations.known_ordinal, lots.known_ordinal) as known_from_ordinal,
        least(terminations.withdrawn_ordinal, lots.withdrawn_ordinal) as known_to_ordinal,
        cast({{ local_from_utc('lots.effective_at', 'lots.time_zone') }} as date) as from_date,
        cast({{ local_from_utc('terminations.effective_at', 'lots.time_zone') }} as date) as end_date,
        cast({{ local_from_utc('lots.expires_at', 'lots.time_zone') }} as date) as to_date
    from lots
    inner join {{ ref('fct_terminations') }} as terminations
        on terminations.contract_id = lots.contract_id
        and coalesce(terminations.effective_at < lots.expires_at, true)
),

given_up as (
    select
        *,
        case
            when ended_at <= effective_at or root_grant_id is not null then 0
            when termination_refund_kind = 'full' then units
            when termination_refund_kind = 'unused' and expires_at is not null
                then {{ share_of('units', days_between('end_date', 'to_date'), days_between('from_date', 'to_date')) }}
            else 0
        end as refunded_units
    from ended
    where known_from_ordinal < known_to_ordinal
),

int_credit_lots__endings as (
    select
        grant_id,
        contract_event_id,
        recorded_at,
        ended_at,
        cast(known_from_ordinal as integer) as known_from_ordinal,
        cast(known_to_ordinal as integer) as known_to_ordinal,
        cast(case
            when minor_unit_exponent is null then refunded_units
            else {{ round_to_minor_unit('refunded_units', 'minor_unit_exponent') }}
        end as decimal(38, 9)) as refunded_units
    from given_up
)

select * from int_credit_lots__endings
