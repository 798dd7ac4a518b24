-- One row per contract line that exercises an option: which one, and the closes at which that counts (D9; ASC 606-10-55-42, IFRS 15.B40).
--
-- A purchase under an option counts while it is a contract itself, in both books.
-- A line says so by naming the option as its parent. A contract that renews another one, and an event
-- that renews the contract, exercise the right to renew by lines of the product renewed that name none.
with recursive

options as (
    select
        line_id,
        contract_id,
        max(renewed_product_id) as renewed_product_id,
        max(measure) as measure
    from {{ ref('fct_options') }}
    group by line_id, contract_id
),

-- A renewal may be renewed in its turn.
successors as (
    select
        contract_id,
        renews_contract_id
    from {{ accepted(ref('stg_contracts')) }}
    where renews_contract_id is not null

    union

    select
        contracts.contract_id,
        successors.renews_contract_id
    from {{ accepted(ref('stg_contracts')) }} as contracts
    inner join successors on successors.contract_id = contracts.renews_contract_id
),

-- What is agreed again: lines of a successor, or lines that a renewal of the contract itself adds.
renewals as (
    select
        contract_id,
        renews_contract_id,
        cast(null as varchar) as contract_event_id
    from successors
    union all
    select
        contract_id,
        contract_id as renews_contract_id,
        contract_event_id
    from {{ ref('fct_contract_changes') }}
    where event_kind = 'renewed'
),

-- Lines that can exercise an option at all.
candidates as (
    select line_id
    from {{ accepted(ref('stg_contract_lines')) }}
    where parent_line_id in (select options.line_id from options)

    union

    select lines.line_id
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join renewals on renewals.contract_id = lines.contract_id
    inner join options on options.contract_id = renewals.renews_contract_id
),

lines as (
    select
        lines.line_id,
        lines.contract_id,
        max_by(lines.parent_line_id, lines.recorded_at) as parent_line_id,
        max_by(lines.product_id, lines.recorded_at) as product_id,
        max_by(lines.line_kind, lines.recorded_at) as line_kind,
        -- the event that added it, if one did
        case when bool_and(lines.modified_by_event_id is not null) then min_by(lines.modified_by_event_id, lines.recorded_at) end as added_by_event_id
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join candidates on candidates.line_id = lines.line_id
    group by lines.line_id, lines.contract_id
),

named as (
    select
        lines.line_id,
        lines.contract_id,
        options.line_id as option_line_id,
        options.contract_id as option_contract_id
    from lines
    inner join options on options.line_id = lines.parent_line_id
    where lines.line_kind in ('fixed_fee', 'milestone')
),

renewing as (
    select
        lines.line_id,
        lines.contract_id,
        options.line_id as option_line_id,
        options.contract_id as option_contract_id
    from renewals
    inner join options
        on options.contract_id = renewals.renews_contract_id
        and options.measure = 'look_through'
    inner join lines
        on lines.contract_id = renewals.contract_id
        and lines.product_id = options.renewed_product_id
        and lines.line_kind = 'fixed_fee'
        and (renewals.contract_event_id is null or lines.added_by_event_id = renewals.contract_event_id)
    where lines.line_id not in (select named.line_id from named)
    qualify row_number() over (partition by lines.line_id order by options.line_id) = 1
),

gates as (
    select
        contract_id,
        cast(max(coalesce(gate_ordinal, 999999)) as integer) as counts_from_ordinal,
        cast(min(until_ordinal) as integer) as counts_to_ordinal
    from {{ ref('fct_contract_gates') }}
    group by contract_id
),

int_options__exercises as (
    select distinct
        united.line_id,
        united.contract_id,
        contracts.entity_id,
        contracts.customer_id,
        united.option_line_id,
        united.option_contract_id,
        options.measure,
        gates.counts_from_ordinal,
        gates.counts_to_ordinal
    from (
        select * from named
        union all
        select * from renewing
    ) as united
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = united.contract_id
    inner join options on options.line_id = united.option_line_id
    inner join gates on gates.contract_id = united.contract_id
)

select * from int_options__exercises
