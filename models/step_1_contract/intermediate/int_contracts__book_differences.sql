-- One row per contract that the books may see apart for another reason than its gate, and the reason.
--
-- Such a contract is computed for each book from its gate on: everything after that follows.
-- A licence that is renewed is revenue when its term starts under ASC 606, when agreed under
-- IFRS 15 (ASC 606-10-55-58C, IFRS 15.B61).
with

renewed as (
    select contract_id
    from {{ accepted(ref('stg_contracts')) }}
    where renews_contract_id is not null
    union
    select contract_id
    from {{ accepted(ref('stg_contract_events')) }}
    where event_kind = 'renewed'
),

int_contracts__book_differences as (
    select distinct
        lines.contract_id,
        'X5' as difference_code
    from renewed
    inner join {{ accepted(ref('stg_contract_lines')) }} as lines on lines.contract_id = renewed.contract_id
    inner join {{ ref('dim_products') }} as products
        on products.product_id = lines.product_id
        and products.product_kind = 'licence'
)

select * from int_contracts__book_differences
