-- One row per contract line that is a step of a ramp: lines of one promise, agreed together, that follow one another.
--
-- What is promised day after day is one series with one price, however the payments step up, and free months
-- are part of it (section 3.1, E = A x d / D; ASC 606-10-25-14(b), 55-184; IFRS 15.22(b), IE). So is a line with a
-- discount for part of its time. What an event adds later is a modification (D12), and months that the customer
-- need not take are agreed as they begin (D1).
with

terms as (
    select
        terms.*,
        lines.obligation_id,
        coalesce(terms.contract_event_id, '') as agreed_with,
        coalesce(elections.ramp, 'level') as choice,
        elections.ramp_election_id as election_id
    from {{ ref('int_lines__first_terms') }} as terms
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = terms.line_id
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = terms.contract_id
    left join {{ ref('int_lines__elections') }} as elections on elections.line_id = terms.line_id
    where
        lines.pattern in ('ratable_by_day', 'service_by_day', 'licence_access')
        and terms.line_kind <> 'discount'
        and terms.fixed_amount is not null
        and coalesce(terms.quantity, 1) > 0
        and terms.service_end_at > terms.service_start_at
        and coalesce(terms.service_start_at < contracts.accounting_end_at, true)
        -- exercise of an option is a purchase of its own
        and terms.line_id not in (select exercises.line_id from {{ ref('fct_option_exercises') }} as exercises)
),

discounted as (
    select distinct terms.line_id
    from terms
    inner join {{ ref('int_lines__first_terms') }} as discounts
        on discounts.contract_id = terms.contract_id
        and discounts.line_kind = 'discount'
        and discounts.known_ordinal = terms.known_ordinal
        and coalesce(discounts.contract_event_id, '') = terms.agreed_with
        and coalesce(discounts.parent_line_id, terms.line_id) in (terms.line_id, coalesce(terms.parent_line_id, terms.line_id))
        and (discounts.service_start_at > terms.service_start_at or discounts.service_end_at < terms.service_end_at)
),

followed as (
    select
        *,
        max(service_end_at) over (
            partition by obligation_id, product_id, known_ordinal, agreed_with
            order by service_start_at, service_end_at, line_id
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from terms
),

chained as (
    select
        *,
        -- what runs beside another line of the promise adds to it
        bool_or(coalesce(service_start_at < reached_at, false)) over (partition by obligation_id, product_id, known_ordinal, agreed_with) as has_parallel_lines,
        sum(case when service_start_at = reached_at then 0 else 1 end) over (
            partition by obligation_id, product_id, known_ordinal, agreed_with
            order by service_start_at, service_end_at, line_id
            rows between unbounded preceding and current row
        ) as chain_number
    from followed
),

counted as (
    select
        *,
        count(*) over chain as step_count,
        min(line_id) over chain as ramp_id,
        bool_and(choice = 'level') over chain as is_levelled,
        max(election_id) over chain as ramp_election_id
    from chained
    where not has_parallel_lines
    window chain as (partition by obligation_id, product_id, known_ordinal, agreed_with, chain_number)
),

fct_ramp_steps as (
    select
        line_id,
        ramp_id,
        contract_id,
        entity_id,
        obligation_id,
        known_ordinal,
        cast(step_count as integer) as step_count,
        is_levelled,
        ramp_election_id as election_id
    from counted
    where step_count > 1 or line_id in (select discounted.line_id from discounted)
)

select * from fct_ramp_steps
