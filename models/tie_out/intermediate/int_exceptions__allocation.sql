-- One row per promise whose share of the price rests on something that is missing or not allowed (D10).
with

shares as (
    select
        shares.*,
        contracts.currency
    from {{ ref('fct_allocation_shares') }} as shares
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = shares.contract_id
    where shares.known_to_ordinal = 999999
),

no_price as (
    select
        'NO_SSP' as exception_code,
        'block' as severity,
        entity_id,
        contract_id,
        obligation_id as subject,
        stated_amount as amount,
        currency,
        'The price of the contract is spread by standalone selling prices and the book has none for this promise: what the contract states for it stands in.' as message
    from shares
    where lacks_ssp
),

residuals as (
    select
        'RESIDUAL_NOT_ALLOWED' as exception_code,
        'block' as severity,
        entity_id,
        contract_id,
        obligation_id as subject,
        share_amount as amount,
        currency,
        'A residual standalone selling price is not allowed here: '
        || case residual_refused
            when 'RESIDUAL_OF_SEVERAL' then 'more than one promise of the contract asks for it'
            when 'OTHERS_NOT_OBSERVABLE' then 'the prices of the other promises are not all observable'
            when 'RESIDUAL_NOT_POSITIVE' then 'nothing would be left for it'
            else 'what is left lies outside the range in which it is sold'
        end
        || '. The price is spread by ' || cast(cast(standalone_amount as decimal(38, 4)) as varchar) || ' for it: the point or the middle of the range of its entry, else what the contract states.' as message
    from shares
    where residual_refused is not null and position('residual' in selling_price_methods) > 0
),

placed as (
    select distinct line_id from {{ ref('fct_fee_intervals') }}
    where
        pattern = 'price_only' and contract_id in (select contract_id from {{ ref('fct_allocation_shares') }})
        -- given by an event for days before it, or on what it adds at its standalone price
        or pattern <> 'price_only'
),

-- A price for nothing that is recognised; a rate off usage is in its price.
unplaced as (
    select
        'PRICE_WITHOUT_PROMISE' as exception_code,
        'block' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.line_id as subject,
        stated.fixed_amount as amount,
        lines.currency,
        'This line is a price and no promise (' || lines.line_kind || '), and the contract promises nothing that it could be spread over in this version: nothing of it is posted.' as message
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ accepted(ref('stg_contract_lines')) }} as stated
        on stated.line_id = lines.line_id
        and stated.known_until_at is null
        and stated.modified_by_event_id is not distinct from lines.added_by_event_id
    where
        lines.pattern = 'price_only'
        and lines.line_id not in (select line_id from placed)
        and not exists (
            select 1
            from {{ ref('dim_obligation_lines') }} as used
            where
                stated.discount_rate is not null
                and stated.fixed_amount is null
                and used.contract_id = lines.contract_id
                and used.line_kind in {{ counting_line_kinds() }}
                and used.line_id = coalesce(lines.parent_line_id, used.line_id)
        )
),

contradicted as (
    select
        'SSP_OUTSIDE_EVIDENCE' as exception_code,
        'warn' as severity,
        entity_id,
        cast(null as varchar) as contract_id,
        ssp_id as subject,
        book_price - median_price as amount,
        currency,
        'The standalone selling price of ' || product_id || ' lies outside the range in which the company itself sells it alone ('
        || cast(sales_count as varchar) || ' sales to ' || cast(customer_count as varchar) || ' customers, ' || stratum_type || ' ' || stratum
        || '). The amount is how far it is from their median, per unit.' as message
    from {{ ref('fct_standalone_price_evidence') }}
    where finding = 'CONTRADICTS'
),

found as (
    select * from contradicted
    union all
    select * from no_price
    union all
    select * from residuals
    union all
    select * from unplaced
),

int_exceptions__allocation as (
    select * replace (cast(amount as decimal(38, 9)) as amount)
    from found
)

select * from int_exceptions__allocation
