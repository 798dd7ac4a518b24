-- One row per set of books, lot, what earns it, usage line segment, service period and revision: what estimated breakage adds to the value of its units, and takes from what lapses.
--
-- Expected: the product kernel (D11; ASC 606-10-55-48, IFRS 15.B46): value drawn x ratio, both by deltas of knowledge, so that a new
-- estimate catches up the draws before it. Columns and signs are those of int_credit_values, to which it adds.
with

earned as (
    select
        draws.book_scope,
        draws.grant_id,
        draws.contract_id,
        draws.entity_id,
        draws.stretch_from_at,
        ratios.earned_as as taken_by,
        case ratios.earned_as when 'breakage' then draws.line_id end as line_id,
        case ratios.earned_as when 'breakage' then draws.line_segment_number end as line_segment_number,
        draws.service_ordinal,
        greatest(draws.revision, ratios.revision) as revision,
        draws.unit_code,
        {{ share_at_ratio('draws.amount') }} as amount
    from {{ ref('int_credit_values') }} as draws
    inner join {{ ref('fct_breakage_ratios') }} as ratios
        on ratios.grant_id = draws.grant_id
        and ratios.measured = draws.taken_by
    where draws.amount <> 0
),

united as (
    select * from earned
    union all by name
    -- remote: what was left
    select
        'both' as book_scope,
        grant_id,
        contract_id,
        entity_id,
        timestamp '0001-01-01' as stretch_from_at,
        'remote' as taken_by,
        cast(null as varchar) as line_id,
        cast(null as integer) as line_segment_number,
        service_ordinal,
        revision,
        unit_code,
        amount
    from {{ ref('fct_remote_breakage') }}
),

fct_credit_breakage as (
    select
        book_scope,
        grant_id,
        contract_id,
        entity_id,
        stretch_from_at,
        taken_by,
        line_id,
        line_segment_number,
        service_ordinal,
        cast(revision as integer) as revision,
        unit_code,
        cast(0 as decimal(38, 18)) as units,
        cast(sum(amount) as decimal(38, 18)) as amount
    from united
    group by book_scope, grant_id, contract_id, entity_id, stretch_from_at, taken_by, line_id, line_segment_number, service_ordinal, revision, unit_code
    having abs(sum(amount)) >= 0.00000000000000001
)

select * from fct_credit_breakage
