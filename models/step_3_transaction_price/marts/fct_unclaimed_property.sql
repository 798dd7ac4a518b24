-- One row per obligation and periods over which it stands: what is paid for units that an authority will get, not the customer.
--
-- Where unclaimed balances must be handed over, what is expected never to be used is owed to the authority and not to the
-- customer, and what lapsed is owed to it in full (D11; ASC 606-10-55-49, IFRS 15.B47). Neither is ever revenue.
with

closes as (
    select
        *,
        lead(close_ordinal, 1, 999999) over (partition by grant_id order by close_ordinal) as next_ordinal
    from {{ ref('int_breakage__closes') }}
),

unclaimed as (
    select
        closes.*,
        cast(case
            when lapsed_units > 0 then lapsed_units
            when value_unit is null then 0
            else least(usable_units - drawn_units, {{ breakage_units('closes', 'usable_units', 'net_consideration', 'expected_value') }})
        end as decimal(38, 18)) as units
    from closes
    where rule_code = 'D11.UNCLAIMED_PROPERTY'
),

valued as (
    select
        lines.obligation_id,
        unclaimed.close_ordinal,
        unclaimed.next_ordinal,
        {{ wide_share_of('unclaimed.net_consideration', millionths('unclaimed.units'), 'nullif(' ~ millionths('unclaimed.priced_units') ~ ', 0)') }} as amount
    from unclaimed
    inner join {{ ref('int_breakage__lots') }} as lots on lots.grant_id = unclaimed.grant_id
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = lots.line_id
    where unclaimed.units > 0
),

changes as (
    select
        obligation_id,
        close_ordinal as from_ordinal,
        amount
    from valued
    union all
    select
        obligation_id,
        next_ordinal as from_ordinal,
        -amount as amount
    from valued
    where next_ordinal < 999999
),

standing as (
    select
        obligation_id,
        from_ordinal,
        lead(from_ordinal, 1, 999999) over in_order as to_ordinal,
        sum(sum(amount)) over in_order as amount
    from changes
    group by obligation_id, from_ordinal
    window in_order as (partition by obligation_id order by from_ordinal)
),

fct_unclaimed_property as (
    select
        standing.obligation_id,
        cast(standing.from_ordinal as integer) as from_ordinal,
        cast(standing.to_ordinal as integer) as to_ordinal,
        obligations.currency,
        {{ round_to_minor_unit('cast(standing.amount as decimal(38, 18))', 'obligations.minor_unit_exponent') }} as amount
    from standing
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = standing.obligation_id
)

select * from fct_unclaimed_property
where amount <> 0
