-- One row per lot whose breakage is estimated or goes to an authority, and close that may measure it anew: what was left of it, and the estimate that counts.
--
-- What became known after a lot had ended moves no estimate of it: its end settled it. An extension opens it again.
with

estimates as (
    select
        *,
        lead(as_of_ordinal, 1, 999999) over (partition by grant_id order by as_of_ordinal) as next_ordinal
    from {{ ref('fct_breakage_estimates') }}
),

lots as (
    select terms.*
    from {{ ref('fct_credit_lots') }} as terms
    where terms.grant_id in (select grant_id from estimates where rule_code in ('D11.PROPORTIONAL', 'D11.UNCLAIMED_PROPERTY'))
),

closes as (
    select
        grant_id,
        known_from_ordinal as close_ordinal
    from lots
    union
    select
        balances.grant_id,
        balances.posting_ordinal as close_ordinal
    from {{ ref('int_breakage__balances') }} as balances
    inner join lots on lots.grant_id = balances.grant_id
    union
    select
        estimates.grant_id,
        estimates.as_of_ordinal as close_ordinal
    from estimates
    inner join lots on lots.grant_id = estimates.grant_id
),

known as (
    select
        closes.grant_id,
        closes.close_ordinal,
        lots.version_number > 1 and lots.known_from_ordinal = closes.close_ordinal as is_changed,
        lots.expires_at,
        lots.net_consideration,
        lots.units - lots.refunded_units as priced_units,
        cast(lots.units - lots.refunded_units - coalesce(balances.voided_units, 0) as decimal(38, 18)) as usable_units,
        coalesce(balances.drawn_units, 0) as drawn_units,
        coalesce(balances.lapsed_units, 0) as lapsed_units
    from closes
    inner join lots
        on lots.grant_id = closes.grant_id
        and lots.known_from_ordinal <= closes.close_ordinal
        and lots.known_to_ordinal > closes.close_ordinal
    left join {{ ref('int_breakage__balances') }} as balances
        on balances.grant_id = closes.grant_id
        and balances.posting_ordinal <= closes.close_ordinal
        and balances.next_ordinal > closes.close_ordinal
),

ended as (
    select
        *,
        lapsed_units > 0 and coalesce(lag(lapsed_units) over in_order, 0) = 0 as ends_now
    from known
    window in_order as (partition by grant_id order by close_ordinal)
),

settled as (
    select
        *,
        case
            when lapsed_units > 0 then max(case when ends_now then close_ordinal end) over in_order
            else close_ordinal
        end as estimate_ordinal
    from ended
    window in_order as (partition by grant_id order by close_ordinal rows between unbounded preceding and current row)
),

int_breakage__closes as (
    select
        settled.grant_id,
        settled.close_ordinal,
        settled.is_changed and estimates.as_of_ordinal <> settled.close_ordinal as is_changed,
        settled.expires_at is not null as can_lapse,
        settled.net_consideration,
        settled.priced_units,
        settled.usable_units,
        settled.drawn_units,
        settled.lapsed_units,
        estimates.rule_code,
        estimates.value_unit,
        estimates.expected_value,
        estimates.constrained_value
    from settled
    inner join estimates
        on estimates.grant_id = settled.grant_id
        and estimates.as_of_ordinal <= settled.estimate_ordinal
        and estimates.next_ordinal > settled.estimate_ordinal
)

select * from int_breakage__closes
