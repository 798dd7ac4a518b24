-- One row per part of a lot that can only pay for some products, the use under its minimum or the vendor's own draws of it, and usage line of its wallet that it can pay for.
with

lines as (
    select distinct
        run_number,
        line_id,
        grant_id,
        line_rank
    from {{ ref('int_wallet_usage') }}
),

limited as (
    select
        lot_number,
        run_number,
        grant_id,
        minimum_line_id,
        applies_to_product_ids
    from {{ ref('int_wallet_lots') }}
    where is_limited
),

int_wallet_scopes as (
    select
        limited.lot_number,
        lines.line_rank
    from limited
    inner join lines on lines.run_number = limited.run_number
    inner join {{ ref('dim_obligation_lines') }} as promised
        on promised.line_id = lines.line_id
    left join {{ ref('fct_minimum_uses') }} as uses
        on uses.minimum_line_id = limited.minimum_line_id
        and uses.line_id = lines.line_id
    where
        (limited.minimum_line_id is null or uses.line_id is not null)
        and coalesce(position('|' || promised.product_id || '|' in '|' || limited.applies_to_product_ids || '|') > 0, true)

    union all

    select
        limited.lot_number,
        lines.line_rank
    from limited
    inner join lines
        on lines.run_number = limited.run_number
        and lines.grant_id = limited.grant_id
)

select * from int_wallet_scopes
