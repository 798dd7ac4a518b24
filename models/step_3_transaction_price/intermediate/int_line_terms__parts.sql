-- One row per part of a line, row that states its terms and closes that believed so: what was added at its standalone price is a part of its own (D12 SEPARATE).
--
-- A strand is what is modified together: an obligation, or what an event added to it at its
-- standalone price, which nothing that remains blends with. A row states the new total of a line:
-- its first part keeps what was not added so.
with

line_rows as (
    select
        changes.change_number,
        changes.known_from_ordinal as believed_from_ordinal,
        line_rows.* exclude (known_from_ordinal, known_to_ordinal, recorded_at, arrived_family)
    from {{ ref('int_line_terms__rows') }} as line_rows
    inner join {{ ref('int_line_terms__changes') }} as changes
        on changes.obligation_id = line_rows.obligation_id
        and changes.known_from_ordinal >= line_rows.known_from_ordinal
        and changes.known_from_ordinal < line_rows.known_to_ordinal
        and changes.contract_event_id is not distinct from line_rows.contract_event_id
),

ordered as (
    select
        *,
        row_number() over in_order = 1 as is_first,
        -- a line that came at its standalone price is a strand of its own
        case
            when first_value(is_separate) over in_order then obligation_id || ':' || first_value(contract_event_id) over in_order
            else obligation_id
        end as line_strand_id,
        case when is_separate then fixed_amount - lag(fixed_amount) over in_order end as added_amount,
        case when is_separate then quantity - lag(quantity) over in_order end as added_quantity
    from line_rows
    window in_order as (partition by line_id, believed_from_ordinal order by change_number)
),

added as (
    select
        *,
        sum(added_amount) over so_far as amount_added_so_far,
        sum(added_quantity) over so_far as quantity_added_so_far
    from ordered
    window so_far as (
        partition by line_id, believed_from_ordinal order by change_number
        rows between unbounded preceding and current row
    )
),

first_parts as (
    select
        * exclude (is_first, is_separate, line_strand_id, added_amount, added_quantity, amount_added_so_far, quantity_added_so_far)
        replace (
            cast(fixed_amount - coalesce(amount_added_so_far, 0) as decimal(38, 9)) as fixed_amount,
            cast(quantity - coalesce(quantity_added_so_far, 0) as decimal(38, 9)) as quantity
        ),
        line_strand_id as strand_id,
        line_id as part_id
    from added
    where is_first or not is_separate
),

added_parts as (
    select
        ordered.* exclude (is_first, is_separate, line_strand_id, added_amount, added_quantity)
        replace (
            ordered.added_amount as fixed_amount,
            ordered.added_quantity as quantity,
            greatest(ordered.service_start_at, changes.effective_at) as service_start_at
        ),
        ordered.obligation_id || ':' || ordered.contract_event_id as strand_id,
        ordered.line_id || ':' || ordered.contract_event_id as part_id
    from ordered
    inner join {{ ref('int_line_terms__changes') }} as changes
        on changes.obligation_id = ordered.obligation_id
        and changes.known_from_ordinal = ordered.believed_from_ordinal
        and changes.change_number = ordered.change_number
    where ordered.is_separate and not ordered.is_first
),

int_line_terms__parts as (
    select * from first_parts
    union all by name
    select * from added_parts
)

select * from int_line_terms__parts
