-- One row per version of a fixed fee and segment of its strand: what is charged per interval, for which promise, and the days it can be for.
--
-- Lines that are price only (discounts, the price of a package) are here too: step 4 spreads them.
with

run as (
    select as_of from {{ source('state', 'run_context') }}
),

-- A discount by rate is off other lines: their terms say what it is per interval. What an option states is
-- the price of exercising it: the right itself is part of the price of what it came with.
terms as (
    select
        * replace (
            case when pattern = 'material_right' then cast(0 as decimal(38, 9)) else fixed_amount end as fixed_amount,
            case when pattern = 'material_right' then 'once' else amount_interval end as amount_interval
        ),
        cast(null as varchar) as discounted_line_id
    from {{ ref('int_line_terms') }}
    where fixed_amount is not null or pattern = 'material_right'
    union all by name
    select * from {{ ref('int_line_terms__discounts') }}
    union all by name
    select
        *,
        cast(null as varchar) as discounted_line_id
    from {{ ref('int_line_terms__termination_fees') }}
),

-- What a package of a price per interval includes is promised interval by interval, as its price is, where the customer may leave before its end.
packages as (
    select
        parts.line_id,
        max(package_terms.amount_interval) as amount_interval
    from {{ ref('dim_obligation_lines') }} as parts
    inner join {{ ref('int_line_terms') }} as package_terms
        on package_terms.line_id = parts.parent_line_id
        and package_terms.pattern = 'price_only'
        and package_terms.amount_interval <> 'once'
    inner join {{ ref('dim_contracts') }} as contracts
        on contracts.contract_id = parts.contract_id
        and contracts.accounting_end_at < contracts.effective_to
    where parts.pattern in {{ patterns_by_day() }}
    group by 1
),

-- What is not distinct from another promise is spread over the window of that, and ends with it where the contract is terminated: of
-- what was to be served by then nothing is unused. An agent's price is its commission: the share of the other principal is collected for that (D14; ASC 606-10-55-36..38, IFRS 15.B34..B36).
stated as (
    select
        terms.* replace (
            coalesce(lines.joined_from_at, terms.service_start_at) as service_start_at,
            case
                when endings.effective_at is not null then least(coalesce(lines.joined_to_at, endings.effective_at), endings.effective_at)
                when lines.joined_from_at is not null then coalesce(lines.joined_to_at, terms.service_end_at)
                else terms.service_end_at
            end as service_end_at,
            coalesce(lines.joined_to_at > endings.effective_at, terms.is_terminated) as is_terminated,
            case
                when endings.effective_at is not null and not terms.is_terminated and terms.termination_refund_kind = 'unused' then 'none'
                else terms.termination_refund_kind
            end as termination_refund_kind,
            case when lines.joined_from_at is not null then coalesce(lines.joined_to_at, terms.agreed_end_at) else terms.agreed_end_at end as agreed_end_at,
            {{ net_of_third_party('terms.fixed_amount', 'lines.third_party_share') }} as fixed_amount,
            coalesce(packages.amount_interval, terms.amount_interval) as amount_interval,
            case when changes.contract_event_id is not null then coalesce(parents.obligation_id, terms.obligation_id) else coalesce(apart.obligation_id, terms.obligation_id) end as obligation_id,
            case
                when changes.contract_event_id is not null and parents.obligation_id is not null then 'ratable_by_day'
                when apart.line_id is not null then parents.pattern
                else terms.pattern
            end as pattern,
            coalesce(apart.obligation_id || ':' || apart.contract_event_id, terms.strand_id) as strand_id
        ),
        packages.line_id is not null as is_part_of_package,
        case
            when changes.contract_event_id is not null and parents.obligation_id is not null then 'concession'
            when lines.third_party_share > 0 then 'agency'
            else 'fee'
        end as component
    from terms
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = terms.line_id
    left join {{ ref('dim_obligation_lines') }} as parents on parents.line_id = lines.parent_line_id
    -- a discount that an event gives for days before it is a concession on these days, not a price of what is ahead (D12)
    left join {{ ref('fct_contract_changes') }} as changes
        on changes.contract_event_id = lines.added_by_event_id
        and lines.line_kind = 'discount'
        and changes.segment_from_at >= terms.service_end_at
    -- and one on what came at its standalone price with the same event is part of that price, and of nothing that was agreed before
    left join (
        select distinct
            line_id,
            contract_event_id,
            obligation_id
        from {{ ref('fct_line_modifications') }}
        where treatment = 'SEPARATE' and adds = 'line'
    ) as apart
        on apart.line_id = lines.parent_line_id
        and apart.contract_event_id = lines.added_by_event_id
        and lines.line_kind = 'discount'
        and changes.contract_event_id is null
    left join {{ ref('fct_terminations') }} as endings
        on endings.contract_id = terms.contract_id
        and endings.known_ordinal <= terms.known_from_ordinal
        and endings.withdrawn_ordinal > terms.known_from_ordinal
        and lines.joined_from_at is not null
        and (not terms.is_modified or terms.ends_contract)
    left join packages
        on packages.line_id = terms.line_id
        and terms.fixed_amount = 0
        and coalesce(terms.amount_interval, 'once') = 'once'
    where
        terms.pattern in {{ patterns_by_day() }}
        or terms.pattern in {{ patterns_by_handover() }}
        or terms.pattern in ('licence', 'price_only', 'material_right', 'set_up')
),

windows as (
    select
        terms.*,
        cast({{ local_from_utc('service_start_at', 'terms.time_zone') }} as date) as from_date,
        -- what is handed over is not cut by days where the contract ends early
        cast({{ local_from_utc('coalesce(case when terms.pattern in ' ~ patterns_by_handover() ~ ' then agreed_end_at end, service_end_at, terms.effective_to)', 'terms.time_zone') }} as date) as to_date,
        cast({{ local_from_utc('coalesce(agreed_end_at, service_end_at, terms.effective_to)', 'terms.time_zone') }} as date) as agreed_to_date,
        cast({{ local_from_utc('contracts.effective_from', 'terms.time_zone') }} as date) as contract_from_date,
        cast({{ local_from_utc('contracts.accounting_end_at', 'terms.time_zone') }} as date) as accounting_end_date,
        coalesce(contracts.termination_notice_days, 0) as termination_notice_days,
        cast({{ local_from_utc('segment_from_at', 'terms.time_zone') }} as date) as segment_from_date,
        cast({{ local_from_utc('segment_to_at', 'terms.time_zone') }} as date) as segment_to_date,
        cast({{ local_from_utc('priced_from_at', 'terms.time_zone') }} as date) as priced_from_date,
        cast({{ local_from_utc('priced_to_at', 'terms.time_zone') }} as date) as priced_to_date,
        case terms.amount_interval
            when 'month' then 1
            when 'quarter' then 3
            when 'year' then 12
        end as interval_months,
        case terms.amount_interval
            when 'day' then 1
            when 'week' then 7
        end as interval_days,
        cast({{ local_from_utc('run.as_of', 'terms.time_zone') }} as date) as as_of_date
    from stated as terms
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = terms.contract_id
    cross join run
),

-- An open end is as far away as the next change of terms, else what nobody can leave any more.
int_fee_windows as (
    select
        *,
        coalesce(to_date, priced_to_date, segment_to_date, open_to_date) as series_to_date,
        coalesce(to_date, priced_to_date, segment_to_date, cast(open_to_date + interval 1 day as date)) as bound_date
    from (
        select
            *,
            greatest(
                cast({{ add_days('cast(as_of_date as timestamp)', 'termination_notice_days') }} as date),
                cast(coalesce(accounting_end_date, as_of_date) - interval 1 day as date)
            ) as open_to_date
        from windows
    ) as reached
)

select * from int_fee_windows
