-- One row per lot whose breakage is estimated and close that may measure it anew: the units it is expected to give in all (q of section 3.6).
--
-- q = N (1 - b), never below what was used. Once use has reached it and there is still time, the
-- estimate is contradicted: what remains is then expected to be used at the same rate, so that the
-- liability is not gone while there are credits (E24). A lot without an end is complete with what was expected.
with

measured as (
    select
        *,
        usable_units - {{ breakage_units('closes', 'usable_units', 'net_consideration') }} as estimated_units
    from {{ ref('int_breakage__closes') }} as closes
    where rule_code = 'D11.PROPORTIONAL'
),

judged as (
    select
        *,
        lapsed_units > 0 as is_ended,
        case
            when drawn_units >= usable_units then usable_units
            when drawn_units < estimated_units or drawn_units = estimated_units and (lapsed_units > 0 or not can_lapse) then estimated_units
            -- each further unit adds its part of what was expected of the whole lot
            else drawn_units + cast({{ wide_share_of('usable_units - drawn_units', millionths('estimated_units'), 'nullif(' ~ millionths('usable_units') ~ ', 0)') }} as decimal(38, 18))
        end as raised_units
    from measured
),

int_breakage__expected_use as (
    select
        grant_id,
        close_ordinal,
        is_changed,
        is_ended,
        usable_units,
        drawn_units,
        lapsed_units,
        estimated_units,
        -- an estimate that nothing is left to be used says nothing that its use contradicts
        cast(case when raised_units > drawn_units or drawn_units = estimated_units then raised_units else usable_units end as decimal(38, 18)) as expected_units
    from judged
)

select * from int_breakage__expected_use
