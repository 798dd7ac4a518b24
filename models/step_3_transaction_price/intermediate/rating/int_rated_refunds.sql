-- One row per obligation of use whose price falls for units charged before, and closes that believed so: the share of its charges that is expected to be given back.
--
-- What is charged before the volume is reached, and not expected to be kept, is owed back and no promise of
-- more use (ASC 606-10-32-10 and 55-216..220, IFRS 15.55 and IE124-IE128). Once the volume is reached the charges
-- themselves are lower: what was billed by the higher ones is owed back until a bill says so.
with

retroactive as (
    select distinct lines.obligation_id
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = rates.line_id
    where position('RETROACTIVE_VOLUME' in rates.not_eligible_reason) > 0
),

by_close as (
    select
        obligation_id,
        {{ int_div('revision', '10') }} as known_ordinal,
        sum(charged_amount) as charged_amount,
        sum(charged_amount - amount) as not_earned_amount
    from {{ ref('fct_rated_usage') }}
    where obligation_id in (select obligation_id from retroactive)
    group by obligation_id, {{ int_div('revision', '10') }}
),

to_date as (
    select
        obligation_id,
        known_ordinal as known_from_ordinal,
        lead(known_ordinal, 1, 999999) over in_order as known_to_ordinal,
        sum(charged_amount) over in_order as charged_amount,
        sum(not_earned_amount) over in_order as not_earned_amount
    from by_close
    window in_order as (partition by obligation_id order by known_ordinal)
),

highest as (
    select
        obligation_id,
        known_from_ordinal,
        known_to_ordinal,
        cast(charged_amount - not_earned_amount as decimal(38, 9)) as earned_amount,
        cast(max(charged_amount) over (partition by obligation_id order by known_from_ordinal) as decimal(38, 9)) as charged_amount
    from to_date
),

int_rated_refunds as (
    select
        obligation_id,
        known_from_ordinal,
        known_to_ordinal,
        {{ share_by_weight('cast(1 as decimal(38, 9))', '(charged_amount - earned_amount)', 'charged_amount') }} as share
    from highest
    where charged_amount > earned_amount
)

select * from int_rated_refunds
