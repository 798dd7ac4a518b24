-- One row per lot of a minimum settled in arrears, close and scenario of the use that history expects under it: what is charged until its interval ends (D6; section 3.4).
--
-- Each scenario is pushed through the minimum: beyond it nothing is short. Lines under one minimum move together, which
-- is the widest that their sum may be.
with

asked as (
    select
        *,
        count(*) over (partition by grant_id, close_ordinal) as line_count
    from {{ ref('int_forecasts__minimums') }}
),

ahead as (
    select
        asked.grant_id,
        asked.close_ordinal,
        fitted.scenario_no,
        min(asked.entity_id) as entity_id,
        min(asked.contract_id) as contract_id,
        min(asked.minimum_units) as minimum_units,
        min(asked.seen_ordinal) as seen_ordinal,
        min(fitted.probability) as probability,
        cast(sum({{ amount_at_rate('fitted.units', 'asked.rate_whole', 'asked.rate_rest') }}) as decimal(38, 9)) as charges
    from asked
    -- what is asked about tiers of another window is no answer
    inner join {{ ref('int_forecasts__asked') }} as questions
        on questions.line_id = asked.line_id
        and questions.close_ordinal = asked.close_ordinal
        and questions.window_to_at = asked.expires_at
    inner join {{ ref('int_forecasts__fitted') }} as fitted
        on fitted.line_id = asked.line_id
        and fitted.close_ordinal = asked.close_ordinal
        and fitted.scenario_no is not null
    where asked.rate_whole is not null
    group by asked.grant_id, asked.close_ordinal, fitted.scenario_no
    having count(*) = min(asked.line_count)
),

-- Charged in the periods that were over, as the close knew them.
charged as (
    select
        ahead.grant_id,
        ahead.close_ordinal,
        sum(draws.units) as units
    from (
        select distinct
            grant_id,
            close_ordinal,
            seen_ordinal
        from ahead
    ) as ahead
    inner join {{ ref('fct_credit_draws') }} as draws
        on draws.grant_id = ahead.grant_id
        and draws.taken_by = 'draw'
        and draws.service_ordinal <= ahead.seen_ordinal
        and {{ int_div('draws.revision', '10') }} <= ahead.close_ordinal
    group by ahead.grant_id, ahead.close_ordinal
),

fct_minimum_scenarios as (
    select
        ahead.grant_id,
        ahead.entity_id,
        ahead.contract_id,
        ahead.close_ordinal as as_of_ordinal,
        ahead.scenario_no,
        cast(ahead.probability as decimal(10, 9)) as probability,
        cast(coalesce(charged.units, 0) as decimal(38, 9)) as charged_amount,
        cast(coalesce(charged.units, 0) + ahead.charges as decimal(38, 9)) as whole_amount,
        cast(least(coalesce(charged.units, 0) + ahead.charges, ahead.minimum_units) as decimal(38, 9)) as counted_amount
    from ahead
    left join charged
        on charged.grant_id = ahead.grant_id
        and charged.close_ordinal = ahead.close_ordinal
)

select * from fct_minimum_scenarios
