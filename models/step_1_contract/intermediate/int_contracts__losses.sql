-- One row per contract, book and loss of collectability: the close that found it, from when on nothing is earned, and the close that ended it (D1; ASC 606-10-25-5, IFRS 15.13).
--
-- Only a reported deterioration reopens the question. What was earned before stands and is a
-- matter of impairment; what is performed after is earned when the criteria are met again.
with

gates as (
    select * from {{ ref('int_contracts__gates_by_book') }}
    where gate_ordinal is not null
),

assessments as (
    select * from {{ ref('int_contracts__collectability') }}
),

-- Of each report, the first close from then on that finds collection too doubtful.
doubted as (
    select
        gates.contract_id,
        gates.entity_id,
        gates.book,
        deteriorations.contract_event_id,
        deteriorations.effective_at,
        deteriorations.withdrawn_ordinal,
        min(assessments.known_ordinal) as lost_ordinal
    from {{ ref('int_contracts__deteriorations') }} as deteriorations
    inner join gates on gates.contract_id = deteriorations.contract_id
    inner join assessments
        on assessments.contract_id = gates.contract_id
        and assessments.book = gates.book
        and assessments.known_ordinal >= greatest(deteriorations.known_ordinal, gates.gate_ordinal)
        and assessments.known_ordinal < least(deteriorations.withdrawn_ordinal, gates.until_ordinal)
        and not assessments.is_collectable
    -- what was elected a contract is one
    where gates.rule_code <> 'D1.ELECTED_CONTRACT'
    group by all
),

regained as (
    select
        doubted.contract_id,
        doubted.entity_id,
        doubted.book,
        doubted.effective_at,
        doubted.lost_ordinal,
        least(coalesce(min(assessments.known_ordinal), 999999), min(doubted.withdrawn_ordinal)) as regained_ordinal
    from doubted
    left join assessments
        on assessments.contract_id = doubted.contract_id
        and assessments.book = doubted.book
        and assessments.known_ordinal > doubted.lost_ordinal
        and assessments.is_collectable
    group by doubted.contract_id, doubted.entity_id, doubted.book, doubted.effective_at, doubted.lost_ordinal
),

compared as (
    select
        *,
        max(regained_ordinal) over (
            partition by contract_id, book order by lost_ordinal, regained_ordinal, effective_at rows between unbounded preceding and 1 preceding
        ) as earlier_regained_ordinal
    from regained
),

numbered as (
    select
        *,
        sum(case when lost_ordinal < earlier_regained_ordinal then 0 else 1 end) over (
            partition by contract_id, book order by lost_ordinal, regained_ordinal, effective_at rows between unbounded preceding and current row
        ) as loss_number
    from compared
),

-- Reports during one loss are one loss.
int_contracts__losses as (
    select
        numbered.contract_id,
        numbered.entity_id,
        numbered.book,
        min(numbered.lost_ordinal) as lost_ordinal,
        max(numbered.regained_ordinal) as regained_ordinal,
        -- what closed before the report was known stands as it was closed
        greatest(min(numbered.effective_at), min(periods.start_at)) as lost_from_at
    from numbered
    inner join {{ ref('dim_accounting_periods') }} as periods
        on periods.entity_id = numbered.entity_id
        and periods.period_ordinal = numbered.lost_ordinal
    group by numbered.contract_id, numbered.entity_id, numbered.book, numbered.loss_number
)

select * from int_contracts__losses
