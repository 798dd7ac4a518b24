-- One row per contract line that no pattern recognises yet: nothing of it is posted, and an exception says so.
with

fct_unsupported_lines as (
    select
        promises.entity_id,
        promises.contract_id,
        promises.line_id,
        promises.line_kind,
        promises.product_id,
        promises.product_kind,
        promises.currency,
        lines.fixed_amount
    from {{ ref('int_lines__promises') }} as promises
    inner join {{ accepted(ref('stg_contract_lines')) }} as lines
        on lines.line_id = promises.line_id
        and lines.known_until_at is null
    where
        promises.pattern is null
        -- an option that promises nothing is accounted for: what it lets buy is revenue when it is bought;
        -- and so are credits of a plan, by its fee
        and promises.nature_rule not in ('D3.NO_PROMISE', 'D3.PART_OF_PLAN')
    qualify row_number() over (
        partition by promises.line_id
        order by case when lines.modified_by_event_id is null then 0 else 1 end, lines.recorded_at, lines.modified_by_event_id
    ) = 1
)

select * from fct_unsupported_lines
