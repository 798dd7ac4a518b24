-- One row per lot, what is measured of it, what that measure earns and close that changed it: how much more than its own price a unit of money drawn earns.
--
-- Drawn value x (N - q) / q is the breakage that goes with it: A x U / q in all. When the lot ends, the value
-- drawn takes what lapsed with it, x lapsed / used, and the units that lapsed earn nothing of their own; where
-- nothing was ever used they do. What goes to an authority is never revenue (ASC 606-10-55-49, IFRS 15.B47).
with

expected as (
    select * from {{ ref('int_breakage__expected_use') }}
),

blended as (
    select distinct grant_id
    from {{ ref('fct_credit_blends') }}
),

ratios as (
    select
        grant_id,
        close_ordinal,
        is_changed,
        'draw' as measured,
        'breakage' as earned_as,
        usable_units - expected_units as ratio_of,
        expected_units as ratio_to
    from expected
    where drawn_units > 0 and usable_units > expected_units

    union all

    -- units whose price changed, by a blend with other lots, do not lapse at the price at which others were drawn
    select
        expected.grant_id,
        expected.close_ordinal,
        expected.is_changed,
        'draw' as measured,
        'expiry' as earned_as,
        case when blended.grant_id is null then expected.lapsed_units else balances.lapsed_amount end as ratio_of,
        case when blended.grant_id is null then expected.drawn_units else balances.drawn_amount end as ratio_to
    from expected
    left join blended on blended.grant_id = expected.grant_id
    left join {{ ref('int_breakage__balances') }} as balances
        on balances.grant_id = expected.grant_id
        and balances.posting_ordinal <= expected.close_ordinal
        and balances.next_ordinal > expected.close_ordinal
    where expected.is_ended and expected.drawn_units > 0
),

divided as (
    {{ with_ratio('ratios', 'ratio_of', 'ratio_to') }}
),

valued as (
    select
        grant_id,
        close_ordinal,
        measured,
        earned_as,
        ratio_whole,
        ratio_rest
    from divided

    union all

    -- of what comes with the end, breakage was earned before
    select
        ended.grant_id,
        ended.close_ordinal,
        'draw' as measured,
        'expiry' as earned_as,
        -breakage.ratio_whole as ratio_whole,
        -breakage.ratio_rest as ratio_rest
    from divided as ended
    inner join divided as breakage
        on breakage.grant_id = ended.grant_id
        and breakage.close_ordinal = ended.close_ordinal
        and breakage.earned_as = 'breakage'
    where ended.earned_as = 'expiry'

    union all

    select
        grant_id,
        close_ordinal,
        'expiry' as measured,
        'expiry' as earned_as,
        cast(-1000000000000000000 as {{ wide_integer() }}) as ratio_whole,
        cast(0 as {{ wide_integer() }}) as ratio_rest
    from {{ ref('int_breakage__closes') }}
    where
        rule_code = 'D11.UNCLAIMED_PROPERTY'
        or rule_code = 'D11.PROPORTIONAL' and lapsed_units > 0 and drawn_units > 0
),

closes as (
    select
        closes.grant_id,
        closes.close_ordinal,
        closes.is_changed,
        parts.measured,
        parts.earned_as
    from {{ ref('int_breakage__closes') }} as closes
    cross join (values ('draw', 'breakage'), ('draw', 'expiry'), ('expiry', 'expiry')) as parts (measured, earned_as)
),

by_close as (
    select
        closes.grant_id,
        closes.close_ordinal,
        closes.is_changed,
        closes.measured,
        closes.earned_as,
        coalesce(sum(valued.ratio_whole), 0) as ratio_whole,
        coalesce(sum(valued.ratio_rest), 0) as ratio_rest
    from closes
    left join valued
        on valued.grant_id = closes.grant_id
        and valued.close_ordinal = closes.close_ordinal
        and valued.measured = closes.measured
        and valued.earned_as = closes.earned_as
    group by closes.grant_id, closes.close_ordinal, closes.is_changed, closes.measured, closes.earned_as
),

differenced as (
    select
        *,
        ratio_whole - coalesce(lag(ratio_whole) over in_order, 0) as whole_change,
        ratio_rest - coalesce(lag(ratio_rest) over in_order, 0) as rest_change
    from by_close
    window in_order as (partition by grant_id, measured, earned_as order by close_ordinal)
),

fct_breakage_ratios as (
    select
        grant_id,
        measured,
        earned_as,
        cast(close_ordinal * 10 + case when is_changed then {{ family('contract') }} else {{ family('estimate') }} end as integer) as revision,
        cast(whole_change as decimal(38, 0)) as ratio_whole,
        cast(rest_change as decimal(38, 0)) as ratio_rest
    from differenced
    where whole_change <> 0 or rest_change <> 0
)

select * from fct_breakage_ratios
