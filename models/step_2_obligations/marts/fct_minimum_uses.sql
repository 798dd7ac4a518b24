-- One row per minimum commitment and line whose use or outcomes count towards it: the lines under it, else all of its contract that are under no other.
--
-- Outcomes are no measure of the progress of a minimum: they stand beside one that is earned by the share of all use.
with

lines as (
    select
        line_id,
        contract_id,
        product_id,
        line_kind,
        parent_line_id,
        known_ordinal
    from {{ ref('int_lines__first_terms') }}
),

minimums as (
    select * from lines
    where line_kind = 'minimum_commitment'
),

uses as (
    select
        lines.*,
        minimums.line_id as named_line_id
    from lines
    left join minimums on minimums.line_id = lines.parent_line_id
    where lines.line_kind in ('usage', 'overage', 'outcome')
),

named as (
    select distinct named_line_id
    from uses
    where named_line_id is not null and line_kind <> 'overage'
),

fct_minimum_uses as (
    select
        minimums.line_id as minimum_line_id,
        uses.line_id,
        minimums.contract_id,
        uses.product_id,
        uses.line_kind,
        uses.named_line_id is not null as is_named,
        commitments.is_by_progress,
        minimums.known_ordinal as minimum_known_ordinal,
        uses.known_ordinal as use_known_ordinal
    from minimums
    inner join {{ ref('fct_commitments') }} as commitments on commitments.line_id = minimums.line_id
    inner join uses
        on uses.contract_id = minimums.contract_id
        and (
            uses.named_line_id = minimums.line_id
            or uses.named_line_id is null
            and minimums.line_id not in (select named_line_id from named)
        )
    where not (commitments.is_by_progress and uses.line_kind = 'outcome')
)

select * from fct_minimum_uses
