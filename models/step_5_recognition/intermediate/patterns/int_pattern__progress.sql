-- One row per obligation, set of books, component, service period and revision: a price earned as the work progresses (D5; E = A x progress / whole).
--
-- Price, progress and whole move with what each close knows; a belief is written when it begins
-- and taken back when it is replaced, so a new estimate catches up what was earned under the last
-- one. Goods not yet installed earn their cost. Without a measurable whole, work earns the cost it
-- took, if that is known (ASC 606-10-25-36..37, IFRS 15.44..45).
with

valued as (
    select
        prices.book_scope,
        prices.stretch_from_at,
        prices.gate_ordinal,
        beliefs.stretch_from_at as done_from_at,
        prices.entity_id,
        prices.contract_id,
        prices.obligation_id,
        prices.component,
        prices.price,
        beliefs.measure,
        beliefs.service_ordinal,
        beliefs.is_complete,
        greatest(prices.revision, beliefs.revision) as from_revision,
        least(prices.next_revision, beliefs.next_revision) as to_revision,
        cast(beliefs.progress_to_date as {{ wide_integer() }}) as progress_to_date,
        cast(beliefs.progress_total as {{ wide_integer() }}) as progress_total,
        case when prices.component in ('fee', 'agency') then cast(beliefs.uninstalled_to_date * 0.000001 as decimal(38, 18)) else 0 end as uninstalled_to_date,
        case when prices.component in ('fee', 'agency') then cast(beliefs.uninstalled_total * 0.000001 as decimal(38, 18)) else 0 end as uninstalled_total
    from {{ ref('int_progress__prices') }} as prices
    inner join {{ ref('int_progress__beliefs') }} as beliefs
        on beliefs.obligation_id = prices.obligation_id
        and beliefs.revision < prices.next_revision
        and beliefs.next_revision > prices.revision
),

to_date as (
    select
        *,
        is_complete or coalesce(progress_total > 0, false) as is_measurable,
        case
            when is_complete then price
            when progress_total > 0
                then
                    case when uninstalled_total > 0 then least(uninstalled_to_date, price) else 0 end
                    + {{ share_of_measure('case when uninstalled_total > 0 then greatest(price - uninstalled_total, 0) else price end', 'least(progress_to_date, progress_total)', 'progress_total') }}
            when measure = 'cost' and component in ('fee', 'agency')
                then least(price, uninstalled_to_date + cast(cast(progress_to_date as decimal(30, 0)) * 0.000001 as decimal(38, 18)))
            else 0
        end as earned_to_date
    from valued
),

earned as (
    select
        *,
        cast(earned_to_date - coalesce(lag(earned_to_date) over (
            partition by book_scope, stretch_from_at, gate_ordinal, obligation_id, component, from_revision order by service_ordinal, done_from_at
        ), 0) as decimal(38, 18)) as amount
    from to_date
),

-- What was done while the contract was lost counts in the closes that know it as one again.
counted as (
    select * from earned
    where done_from_at = stretch_from_at
),

written as (
    select
        *,
        from_revision as revision
    from counted
    where amount <> 0
    union all
    select
        * replace (-amount as amount),
        to_revision as revision
    from counted
    where amount <> 0 and to_revision < 99999999
),

int_pattern__progress as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        case
            when component <> 'fee' then component
            when obligation_id in (select obligation_id from {{ ref('dim_obligations') }} where pattern = 'progress' and component = 'drawdown') then 'drawdown'
            when measure in ('cost', 'percent', 'milestone', 'handover') then 'project'
            else 'service'
        end as component,
        case when is_measurable then 'D5.PROGRESS_' || upper(measure) else 'D5.RECOVERABLE_COST' end as rule_code,
        service_ordinal,
        false as is_after_as_of,
        revision,
        cast(sum(amount) as decimal(38, 18)) as amount
    from written
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    having sum(amount) <> 0
)

select * from int_pattern__progress
