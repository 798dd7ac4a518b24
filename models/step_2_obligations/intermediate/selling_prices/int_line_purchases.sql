-- One row per contract line, date on which it is priced and closes that believed so: how many product units its fee buys.
--
-- A line is priced at the inception of its contract, and again when an event changes the contract.
-- A standalone price is for the quantity and interval that the line states; of a product that is
-- counted in a unit of time it is per that time, whatever interval the line is charged by.
with

line_rows as (
    select
        lines.line_id,
        lines.contract_id,
        lines.modified_by_event_id as contract_event_id,
        promises.entity_id,
        promises.customer_id,
        promises.currency,
        promises.product_id,
        promises.pattern,
        promises.line_kind,
        products.unit_code,
        lines.quantity,
        -- a price that is not agreed is stated by nobody
        case when unpriced.input_row is null then lines.fixed_amount end as fixed_amount,
        coalesce(lines.amount_interval, 'once') as amount_interval,
        lines.recorded_at,
        contracts.time_zone,
        cast({{ local_from_utc(instant('service_start', 'contracts.time_zone', 'lines'), 'contracts.time_zone') }} as date) as from_date,
        cast({{ local_from_utc('coalesce(' ~ instant('service_end', 'contracts.time_zone', 'lines') ~ ', contracts.effective_to)', 'contracts.time_zone') }} as date) as to_date,
        case
            when lines.modified_by_event_id is null then coalesce(contracts.signed_at, contracts.effective_from)
            else changed.segment_from_at
        end as priced_at,
        coalesce(changed.known_from_ordinal, known.period_ordinal) as known_from_ordinal,
        coalesce(changed.known_to_ordinal, replaced.period_ordinal, 999999) as known_to_ordinal
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('int_lines__promises') }} as promises on promises.line_id = lines.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('dim_products') }} as products on products.product_id = promises.product_id
    left join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contract_lines'
        and changed.input_row = lines.input_row
        and changed.not_applied_reason is null
    left join (select distinct input_row from {{ ref('fct_unpriced_terms') }}) as unpriced on unpriced.input_row = lines.input_row
    {{ join_known_period('known', 'promises.entity_id', 'lines.recorded_at') }}
    {{ join_known_period('replaced', 'promises.entity_id', 'lines.known_until_at') }}
    where
        promises.product_id is not null
        and (lines.modified_by_event_id is null or changed.input_row is not null)
),

events as (
    select
        contract_id,
        contract_event_id,
        min(segment_from_at) as priced_at,
        min(known_from_ordinal) as known_from_ordinal,
        max(known_to_ordinal) as known_to_ordinal
    from {{ ref('fct_changed_terms') }}
    where not_applied_reason is null
    group by contract_id, contract_event_id
),

-- A line that an event does not touch is priced at its date too: what remains is shared out by such
-- prices. Of its rows that a close knew, the one that came into effect last is in force.
untouched as (
    select
        line_rows.* replace (
            events.contract_event_id as contract_event_id,
            events.priced_at as priced_at,
            greatest(line_rows.known_from_ordinal, events.known_from_ordinal) as known_from_ordinal,
            least(line_rows.known_to_ordinal, events.known_to_ordinal) as known_to_ordinal
        )
    from line_rows
    inner join events
        on events.contract_id = line_rows.contract_id
        and events.priced_at > line_rows.priced_at
        and events.contract_event_id is distinct from line_rows.contract_event_id
    left join line_rows as own
        on own.line_id = line_rows.line_id
        and own.contract_event_id = events.contract_event_id
    where own.line_id is null
    qualify row_number() over (
        partition by line_rows.line_id, events.contract_event_id, greatest(line_rows.known_from_ordinal, events.known_from_ordinal)
        order by line_rows.priced_at desc, line_rows.recorded_at desc
    ) = 1
),

priced as (
    select
        *,
        true as is_own_row
    from line_rows

    union all

    select
        * replace (
            least(known_to_ordinal, lead(known_from_ordinal, 1, 999999) over (
                partition by line_id, contract_event_id order by known_from_ordinal
            )) as known_to_ordinal
        ),
        false as is_own_row
    from untouched
),

measured as (
    select
        *,
        -- milestones of one product are parts of one project: each buys its share of it
        case when line_kind = 'milestone' then sum(fixed_amount) over project end as project_amount,
        {{ unit_of_time('unit_code', 'months') }} as unit_months,
        {{ unit_of_time('unit_code', 'days') }} as unit_days,
        {{ unit_of_time('amount_interval', 'months') }} as interval_months,
        {{ unit_of_time('amount_interval', 'days') }} as interval_days,
        coalesce({{ whole_months('from_date', 'to_date') }}, 0) as window_months
    from priced
    where known_from_ordinal < known_to_ordinal
    window project as (partition by contract_id, product_id, line_kind, contract_event_id, known_from_ordinal)
),

rested as (
    select
        *,
        cast({{ add_months('cast(from_date as timestamp)', 'window_months') }} as date) as rest_from_date,
        cast({{ add_months('cast(from_date as timestamp)', 'window_months + 1') }} as date) as rest_to_date
    from measured
),

timed as (
    select
        *,
        case
            when project_amount > 0 then cast(fixed_amount * 100 as bigint)
            when unit_months is null and unit_days is null then 1
            when interval_months is not null then interval_months * case when unit_months is not null then 1 else 365 end
            when interval_days is not null then interval_days * case when unit_days is not null then 1 else 12 end
            when to_date is null then 1
            when unit_months is not null
                then window_months * {{ days_between('rest_from_date', 'rest_to_date') }} + {{ days_between('rest_from_date', 'to_date') }}
            else {{ days_between('from_date', 'to_date') }}
        end as time_part,
        case
            when project_amount > 0 then cast(project_amount * 100 as bigint)
            when unit_months is null and unit_days is null then 1
            when interval_months is not null then coalesce(unit_months, 12 * unit_days)
            when interval_days is not null then coalesce(unit_days, 365 * unit_months)
            when to_date is null then 1
            when unit_months is not null then {{ days_between('rest_from_date', 'rest_to_date') }} * unit_months
            else unit_days
        end as time_whole
    from rested
),

int_line_purchases as (
    select
        line_id,
        contract_id,
        contract_event_id,
        is_own_row,
        entity_id,
        customer_id,
        currency,
        product_id,
        pattern,
        coalesce(quantity, 1) as quantity,
        -- a quantity that fills the time counts it (12 months of a year), a smaller one comes every time (5 seats)
        cast(case
            when project_amount is null and quantity * time_whole >= time_part and quantity * time_whole % time_part = 0 then 1
            else time_part
        end as bigint) as time_part,
        cast(case
            when project_amount is null and quantity * time_whole >= time_part and quantity * time_whole % time_part = 0 then 1
            else time_whole
        end as bigint) as time_whole,
        case when is_own_row and pattern not in ('usage_as_rated', 'price_only') then fixed_amount end as stated_amount,
        recorded_at,
        time_zone,
        priced_at,
        known_from_ordinal,
        known_to_ordinal
    from timed
)

select * from int_line_purchases
