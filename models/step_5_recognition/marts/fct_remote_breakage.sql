-- One row per lot, service period and close that changed it: what is earned, or taken back, because further use became remote or is so no more (D11).
--
-- Use is remote once the wallet was not used for the months of policy and no more is left of the lot than what people estimate, with all but a
-- small probability, is never used (ASC 606-10-55-48, IFRS 15.B46). Then what is left is earned; use, an extension and the end of the lot take it back.
with

asked as (
    select * from {{ ref('int_remote_breakage__asked') }}
),

taken as (
    select
        asked.grant_id,
        asked.service_ordinal,
        asked.close_ordinal,
        sum(moved.units) as units,
        sum(moved.amount) as amount
    from asked
    inner join {{ ref('int_credit_values') }} as moved
        on moved.grant_id = asked.grant_id
        and moved.service_ordinal <= asked.service_ordinal
        and {{ int_div('moved.revision', '10') }} <= asked.close_ordinal
    group by asked.grant_id, asked.service_ordinal, asked.close_ordinal
),

left_over as (
    select
        asked.*,
        activity.active_ordinal,
        asked.units - coalesce(taken.units, 0) as left_units,
        asked.net_consideration - coalesce(taken.amount, 0) as left_amount,
        cast({{ add_months('cast(last_used.end_date as timestamp)', 'cast(months.threshold as integer)') }} as date) <= asked.end_date as is_inactive
    from asked
    inner join {{ ref('int_remote_breakage__activity') }} as activity
        on activity.grant_id = asked.grant_id
        and activity.service_ordinal = asked.service_ordinal
        and activity.close_ordinal = asked.close_ordinal
    inner join {{ ref('dim_accounting_periods') }} as last_used
        on last_used.entity_id = asked.entity_id
        and last_used.period_ordinal = activity.active_ordinal
    inner join ({{ threshold_of('breakage_remote_months') }}) as months
        on months.entity_id = asked.entity_id
        and months.from_ordinal <= asked.service_ordinal
        and months.to_ordinal > asked.service_ordinal
    left join taken
        on taken.grant_id = asked.grant_id
        and taken.service_ordinal = asked.service_ordinal
        and taken.close_ordinal = asked.close_ordinal
),

judged as (
    select
        *,
        is_inactive and left_units > 0 and left_units <= remote_units as is_remote
    from left_over
),

-- What is remote at the end of a period, less what was at the end of the one before, as one close knew both.
served as (
    select
        *,
        case when is_remote then left_amount else 0 end
        - coalesce(lag(case when is_remote then left_amount else 0 end) over (partition by grant_id, close_ordinal order by service_ordinal), 0) as earned
    from judged
),

changed as (
    select
        *,
        earned - coalesce(lag(earned) over (partition by grant_id, service_ordinal order by close_ordinal), 0) as amount
    from served
),

fct_remote_breakage as (
    select
        grant_id,
        contract_id,
        entity_id,
        cast(service_ordinal as integer) as service_ordinal,
        cast(close_ordinal as integer) as known_ordinal,
        cast(case
            when close_ordinal = service_ordinal then service_ordinal * 10 + {{ family('normal') }}
            when is_changed then close_ordinal * 10 + {{ family('contract') }}
            else close_ordinal * 10 + {{ family('usage') }}
        end as integer) as revision,
        is_remote,
        cast(active_ordinal as integer) as active_ordinal,
        unit_code,
        cast(left_units as decimal(38, 18)) as left_units,
        cast(remote_units as decimal(38, 18)) as remote_units,
        cast(amount as decimal(38, 18)) as amount
    from changed
    where amount <> 0
)

select * from fct_remote_breakage
