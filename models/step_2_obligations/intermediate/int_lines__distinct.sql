-- One row per contract line of which it is a question whether its promise is distinct: the two tests and what they saw (D3; ASC 606-10-25-19..22, IFRS 15.27..30).
--
-- Usage and access are sold on their own every day; a service, support, licence, good or set-up
-- beside them, and what was grouped by election, is looked at.
with

lines as (
    select * from {{ ref('int_lines__obligations') }}
    where
        nature is not null
        and (product_kind in ('service', 'support', 'licence', 'good', 'setup') or obligation_name is not null)
),

-- Sold on its own: an observed price, or an agreement about nothing else.
observed as (
    select
        product_id,
        min(recorded_at) as observed_at
    from {{ accepted(ref('stg_standalone_selling_prices')) }}
    where method = 'observable'
    group by product_id
),

alone as (
    select
        entity_id,
        product_id,
        min(known_ordinal) as known_ordinal
    from (
        select
            contract_id,
            min(entity_id) as entity_id,
            min(product_id) as product_id,
            min(known_ordinal) as known_ordinal
        from {{ ref('int_lines__first_terms') }}
        where product_id is not null
        group by contract_id
        having min(product_id) = max(product_id)
    ) as of_one_product
    group by entity_id, product_id
),

int_lines__distinct as (
    select
        lines.line_id,
        lines.entity_id,
        lines.known_ordinal,
        lines.nature_rule <> 'D3.SETUP' as is_capable,
        case
            when lines.nature_rule = 'D3.SETUP' then 'D3.TRANSFERS_NOTHING'
            when observed_by.period_ordinal <= lines.known_ordinal then 'D3.SOLD_SEPARATELY'
            when alone.known_ordinal <= lines.known_ordinal then 'D3.AGREED_ALONE'
            else 'D3.BENEFIT_BY_KIND'
        end as capable_rule,
        lines.nature_rule <> 'D3.SETUP' and lines.obligation_name is null as is_separate,
        case
            when lines.nature_rule = 'D3.SETUP' then 'D3.PREPARES_ANOTHER'
            when lines.obligation_name is not null then 'D3.GROUPED'
            else 'D3.NOT_INTEGRATED'
        end as separate_rule,
        'product_kind=' || lines.product_kind
        || '; observed_price=' || case when observed_by.period_ordinal <= lines.known_ordinal then 'yes' else 'no' end
        || '; agreed_alone=' || case when alone.known_ordinal <= lines.known_ordinal then 'yes' else 'no' end as capable_inputs,
        'grouped_as=' || coalesce(lines.obligation_name, 'none') || '; obligation=' || lines.obligation_id as separate_inputs
    from lines
    left join observed on observed.product_id = lines.product_id
    {{ join_known_period('observed_by', 'lines.entity_id', 'observed.observed_at') }}
    left join alone
        on alone.product_id = lines.product_id
        and alone.entity_id = lines.entity_id
)

select * from int_lines__distinct
