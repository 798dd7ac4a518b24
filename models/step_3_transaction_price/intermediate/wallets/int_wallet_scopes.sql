-- One row per part of a lot that can only pay for some products and usage line of its wallet that it can pay for.
with

lines as (
    select distinct
        run_number,
        line_id,
        line_rank
    from {{ ref('int_wallet_usage') }}
),

limited as (
    select
        lot_number,
        run_number,
        applies_to_product_ids
    from {{ ref('int_wallet_lots') }}
    where applies_to_product_ids is not null
),

int_wallet_scopes as (
    select
        limited.lot_number,
        lines.line_rank
    from limited
    inner join lines on lines.run_number = limited.run_number
    inner join {{ ref('dim_obligation_lines') }} as promised
        on promised.line_id = lines.line_id
        and position('|' || promised.product_id || '|' in '|' || limited.applies_to_product_ids || '|') > 0
)

select * from int_wallet_scopes
