-- One row per option line and version that lets the customer renew what the contract sells: what is agreed first, and what a renewal costs.
--
-- A right to renew names the product itself, or the line it renews; an option product at a stated fee
-- in a contract that sells one ongoing service renews that. A set-up fee is paid for the service it opens.
with

options as (
    select * from {{ ref('int_options__values') }}
),

services as (
    select * from {{ ref('int_options__fees') }}
    where line_kind = 'fixed_fee' and product_kind in ('access', 'support', 'service')
),

only_services as (
    select
        line_id,
        min(product_id) as product_id
    from services
    where product_kind <> 'service'
    group by line_id
    having count(distinct product_id) = 1
),

named as (
    select
        options.*,
        case
            when options.product_kind <> 'option' then options.product_id
            else coalesce(options.parent_product_id, only_services.product_id)
        end as renewed_product_id
    from options
    left join only_services on only_services.line_id = options.line_id
),

renewed as (
    select
        named.line_id,
        named.known_from_ordinal,
        max(services.term_months) as initial_months,
        max(services.to_date) as initial_to_date,
        sum(services.stated_amount) as service_amount
    from named
    inner join services
        on services.line_id = named.line_id
        and services.product_id = named.renewed_product_id
    group by named.line_id, named.known_from_ordinal
    having max(services.term_months) > 0
),

set_up as (
    select
        line_id,
        sum(stated_amount) as set_up_amount
    from {{ ref('int_options__fees') }}
    where line_kind = 'fixed_fee' and product_kind = 'setup'
    group by line_id
),

measured as (
    select
        named.line_id,
        named.known_from_ordinal,
        named.renewed_product_id,
        named.fixed_amount,
        named.discount_rate,
        renewed.initial_months,
        renewed.initial_to_date,
        renewed.service_amount,
        coalesce(set_up.set_up_amount, 0) as set_up_amount,
        case named.amount_interval
            when 'month' then 1
            when 'quarter' then 3
            when 'year' then 12
            else renewed.initial_months
        end as renewal_months,
        named.product_kind <> 'option' or named.parent_product_id is not null as names_what_it_renews
    from named
    inner join renewed
        on renewed.line_id = named.line_id
        and renewed.known_from_ordinal = named.known_from_ordinal
    left join set_up on set_up.line_id = named.line_id
    where
        named.fixed_amount is not null
        or named.discount_rate is not null and named.product_kind <> 'option'
),

int_options__renewals as (
    select
        line_id,
        known_from_ordinal,
        renewed_product_id,
        names_what_it_renews,
        initial_to_date,
        cast(initial_months as bigint) as initial_months,
        cast(renewal_months as bigint) as renewal_months,
        -- a set-up fee that a renewal does not charge again
        cast(set_up_amount as decimal(38, 9)) as set_up_amount,
        cast(service_amount + set_up_amount as decimal(38, 9)) as initial_amount,
        cast(coalesce(
            fixed_amount,
            {{ share_of('cast(service_amount as decimal(38, 18))', 'cast((1 - discount_rate) * 1000000000 as ' ~ wide_integer() ~ ') * renewal_months', 'cast(initial_months as ' ~ wide_integer() ~ ') * 1000000000') }}
        ) as decimal(38, 9)) as renewal_amount
    from measured
)

select * from int_options__renewals
