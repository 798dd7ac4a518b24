-- One row per lot whose use may become remote, service period that is over and close since: what of it may be remote to be used (D11).
with

lots as (
    select
        terms.*,
        estimates.first_ordinal
    from {{ ref('fct_credit_lots') }} as terms
    inner join (
        select
            grant_id,
            min(as_of_ordinal) as first_ordinal
        from {{ ref('fct_breakage_estimates') }}
        where rule_code = 'D11.REMOTE'
        group by grant_id
    ) as estimates on estimates.grant_id = terms.grant_id
    -- what was blended with other lots has no price of its own
    where terms.grant_id not in (select grant_id from {{ ref('fct_credit_blends') }})
),

estimates as (
    select
        *,
        stated_unit as value_unit,
        lead(as_of_ordinal, 1, 999999) over (partition by grant_id order by as_of_ordinal) as next_ordinal
    from {{ ref('fct_breakage_estimates') }}
),

int_remote_breakage__asked as (
    select
        lots.grant_id,
        lots.contract_id,
        lots.entity_id,
        lots.unit_code,
        served.period_ordinal as service_ordinal,
        served.end_date,
        closes.period_ordinal as close_ordinal,
        lots.version_number > 1 and lots.known_from_ordinal = closes.period_ordinal as is_changed,
        lots.units - lots.refunded_units as units,
        lots.net_consideration + coalesce(shares.share_amount, 0) as net_consideration,
        -- of a period that counts under another rule nothing is remote
        coalesce(
            case when estimates.rule_code = 'D11.REMOTE' then {{ breakage_units('estimates', '(lots.units - lots.refunded_units)', 'lots.net_consideration', 'stated_remote_value') }} end,
            0
        ) as remote_units
    from lots
    inner join {{ ref('dim_accounting_periods') }} as served
        on served.entity_id = lots.entity_id
        and served.period_ordinal >= lots.first_ordinal
        and served.has_begun
        -- of a period that still runs nobody knows what is used in it
        and not served.is_flash
    inner join {{ ref('dim_accounting_periods') }} as closes
        on closes.entity_id = lots.entity_id
        and closes.period_ordinal >= served.period_ordinal
        and closes.period_ordinal >= lots.known_from_ordinal
        and closes.period_ordinal < lots.known_to_ordinal
        and closes.has_begun
    inner join estimates
        on estimates.grant_id = lots.grant_id
        and estimates.as_of_ordinal <= served.period_ordinal
        and estimates.next_ordinal > served.period_ordinal
    left join {{ ref('fct_credit_shares') }} as shares
        on shares.grant_id = lots.grant_id
        and shares.known_from_ordinal <= closes.period_ordinal
        and shares.known_to_ordinal > closes.period_ordinal
)

select * from int_remote_breakage__asked
