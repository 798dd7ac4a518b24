-- One row per part of a line of a modified obligation, segment of its strand and closes that believed so: the terms that govern the segment.
--
-- A change that changes nothing makes no segment: what is agreed again posts nothing. A discount changes the price of what it is off.
with

changes as (
    select * from {{ ref('int_line_terms__changes') }}
),

line_rows as (
    select * from {{ ref('int_line_terms__parts') }}
),

contract_ends as (
    select
        changes.obligation_id,
        changes.known_from_ordinal as believed_from_ordinal,
        changes.change_number,
        {{ instant('effective_to', 'contracts.time_zone', 'headers') }} as effective_to
    from {{ accepted(ref('stg_contracts')) }} as headers
    inner join {{ ref('fct_changed_terms') }} as changed
        on changed.table_name = 'contracts'
        and changed.input_row = headers.input_row
        and changed.not_applied_reason is null
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = headers.contract_id
    inner join changes
        on changes.contract_id = headers.contract_id
        and changes.contract_event_id = headers.modified_by_event_id
        and changes.known_from_ordinal >= changed.known_from_ordinal
        and changes.known_from_ordinal < changed.known_to_ordinal
),

-- The latest row of each line, and the latest end of the contract, up to each change.
in_force as (
    select
        changes.change_number,
        changes.known_from_ordinal,
        changes.known_to_ordinal,
        changes.contract_event_id,
        changes.effective_at,
        changes.segment_from_at,
        changes.is_termination,
        changes.is_repriced,
        line_rows.* exclude (change_number, believed_from_ordinal, contract_event_id),
        case when contract_ends.change_number is null then contracts.effective_to else contract_ends.effective_to end as effective_to,
        contracts.termination_refund_kind,
        contracts.time_zone
    from changes
    inner join line_rows
        on line_rows.obligation_id = changes.obligation_id
        and line_rows.believed_from_ordinal = changes.known_from_ordinal
        and line_rows.change_number <= changes.change_number
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = changes.contract_id
    left join contract_ends
        on contract_ends.obligation_id = changes.obligation_id
        and contract_ends.believed_from_ordinal = changes.known_from_ordinal
        and contract_ends.change_number <= changes.change_number
    qualify row_number() over (
        partition by line_rows.part_id, changes.known_from_ordinal, changes.change_number
        order by line_rows.change_number desc, contract_ends.change_number desc nulls last
    ) = 1
),

described as (
    select
        *,
        coalesce(service_end_at, effective_to) as agreed_end_at,
        md5(concat_ws(
            '|',
            coalesce(price_id, '-'),
            coalesce(cast(discount_rate as varchar), '-'),
            coalesce(cast(fixed_amount as varchar), '-'),
            coalesce(cast(quantity as varchar), '-'),
            amount_interval,
            cast(service_start_at as varchar),
            coalesce(cast(case
                when is_termination then least(coalesce(service_end_at, effective_to, segment_from_at), segment_from_at)
                else coalesce(service_end_at, effective_to)
            end as varchar), '-')
        )) as terms_in_words
    from in_force
),

compared as (
    select
        *,
        terms_in_words <> coalesce(lag(terms_in_words) over (
            partition by part_id, known_from_ordinal order by change_number
        ), '') as is_changed
    from described
),

cut as (
    select *
    from compared
    qualify bool_or(is_changed or is_repriced) over (partition by strand_id, known_from_ordinal, change_number)
),

int_line_terms__segments as (
    select
        * exclude (terms_in_words, change_number, is_repriced),
        cast(dense_rank() over (partition by strand_id, known_from_ordinal order by change_number) - 1 as integer) as segment_number
    from cut
)

select * from int_line_terms__segments
