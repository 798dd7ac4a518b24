-- One row per fee, or part of the price, of a contract whose price has parts beside stated fees: interval, window of belief, component and set of books.
--
-- A fee with what is earned as the fee itself (financing, payment in kind, a lower price ahead); apart from it what leads
-- to accounts of its own, or is for some of its days; and what is spread over days of its own.
{%- set of_fee = [
    'line_id', 'part_id', 'obligation_id', 'strand_id', 'contract_id', 'entity_id', 'currency', 'pattern', 'pool_id', 'segment_number', 'last_segment_number',
    'is_latest_segment', 'segment_from_date', 'segment_to_date', 'segment_is_open', 'ends_contract', 'is_modified', 'amount_interval',
    'first_interval_date', 'interval_number', 'believed_from_ordinal', 'arrived_family', 'replaced_family', 'quantity',
] %}
with

believed as (
    select * from {{ ref('int_fees__beliefs') }}
),

changed as (
    select distinct pool_id
    from {{ ref('int_fees__levelled') }}
    where is_modified and pool_id in (select pool_id from believed)
),

-- What is for some days of a fee by days is earned on these; terms that change are folded with all that they hold.
parts as (
    select
        *,
        earned_as <> 'fee'
        or pattern in {{ patterns_by_day() }}
        and (part_from_date > from_date or part_to_date < to_date)
        and pool_id not in (select pool_id from changed) as is_apart
    from {{ ref('int_fees__parts') }}
),

-- Where a part differs between the books, so does the fee that it is earned as.
scopes as (
    select distinct
        believed.fee_number,
        case when differing.contract_id is null or changed.pool_id is not null then 'both' else books.book end as book_scope
    from believed
    cross join (select distinct book from {{ ref('books') }}) as books
    left join (select distinct contract_id from parts where book_scope <> 'both') as differing on differing.contract_id = believed.contract_id
    left join changed on changed.pool_id = believed.pool_id
),

added as (
    select
        scopes.fee_number,
        scopes.book_scope,
        parts.window_from_ordinal,
        sum(parts.part_amount) as amount
    from scopes
    inner join parts
        on parts.fee_number = scopes.fee_number
        -- terms that change are folded once for both books
        and parts.book_scope in ('both', case scopes.book_scope when 'both' then 'asc606' else scopes.book_scope end)
    where not parts.is_apart
    group by scopes.fee_number, scopes.book_scope, parts.window_from_ordinal
),

fees as (
    select
        {% for column in of_fee %}believed.{{ column }}, {% endfor %}
        believed.component,
        scopes.book_scope,
        believed.from_date,
        believed.to_date,
        believed.window_from_ordinal as known_from_ordinal,
        believed.window_to_ordinal as known_to_ordinal,
        believed.stated_amount + coalesce(added.amount, 0) as stated_amount,
        believed.standalone_amount,
        believed.allocated_amount + coalesce(added.amount, 0) as allocated_amount
    from believed
    inner join scopes on scopes.fee_number = believed.fee_number
    left join added
        on added.fee_number = believed.fee_number
        and added.book_scope = scopes.book_scope
        and added.window_from_ordinal = believed.window_from_ordinal
),

apart as (
    select
        {% for column in of_fee %}{{ column }}, {% endfor %}
        earned_as as component,
        book_scope,
        part_from_date as from_date,
        greatest(part_from_date, part_to_date) as to_date,
        window_from_ordinal as known_from_ordinal,
        window_to_ordinal as known_to_ordinal,
        sum(part_amount) as stated_amount,
        sum(part_amount) as standalone_amount,
        sum(part_amount) as allocated_amount
    from parts
    where is_apart
    group by all
),

by_days as (
    select
        part_id as line_id,
        part_id,
        obligation_id,
        obligation_id as strand_id,
        contract_id,
        entity_id,
        currency,
        'ratable_by_day' as pattern,
        part_id as pool_id,
        0 as segment_number,
        0 as last_segment_number,
        true as is_latest_segment,
        cast(null as date) as segment_from_date,
        cast(null as date) as segment_to_date,
        false as segment_is_open,
        false as ends_contract,
        false as is_modified,
        'once' as amount_interval,
        from_date as first_interval_date,
        0 as interval_number,
        known_from_ordinal as believed_from_ordinal,
        arrived_family,
        replaced_family,
        cast(null as decimal(38, 9)) as quantity,
        earned_as as component,
        book_scope,
        from_date,
        to_date,
        known_from_ordinal,
        known_to_ordinal,
        amount as stated_amount,
        amount as standalone_amount,
        amount as allocated_amount
    from {{ ref('fct_price_parts') }}
    where spread_over = 'days'
),

int_fees__completed as (
    select * from fees
    union all
    select * from apart
    union all
    select * from by_days
)

select * from int_fees__completed
