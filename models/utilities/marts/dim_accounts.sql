-- One row per entity, posting role and product ('*' is the role's default account).
with

given as (
    select
        entities.entity_id,
        accounts.posting_role,
        coalesce(accounts.product_id, '*') as product_id,
        accounts.account_code,
        accounts.account_name,
        accounts.account_type,
        -- an account given for every entity ('*') gives way to the entity's own
        row_number() over (
            partition by entities.entity_id, accounts.posting_role, coalesce(accounts.product_id, '*')
            order by
                case accounts.entity_id when '*' then 1 else 0 end,
                accounts.valid_from desc nulls last, accounts.recorded_at desc, accounts.account_code asc
        ) as recency
    from {{ accepted(ref('stg_gl_accounts')) }} as accounts
    inner join {{ ref('dim_entities') }} as entities on accounts.entity_id in (entities.entity_id, '*')
    where accounts.known_until_at is null and coalesce(accounts.active, true)
),

defaults as (
    select
        entities.entity_id,
        chart.posting_role,
        '*' as product_id,
        coalesce(given.account_code, cast(chart.account_code as varchar)) as account_code,
        coalesce(given.account_name, chart.account_name) as account_name,
        coalesce(given.account_type, chart.account_type) as account_type,
        chart.balance_kind,
        given.account_code is null as is_default_chart
    from {{ ref('dim_entities') }} as entities
    cross join {{ ref('chart_of_accounts') }} as chart
    left join given
        on given.entity_id = entities.entity_id
        and given.posting_role = chart.posting_role
        and given.product_id = '*'
        and given.recency = 1
),

-- An account of one product leaves the role's default to the others.
of_products as (
    select
        given.entity_id,
        chart.posting_role,
        given.product_id,
        given.account_code,
        given.account_name,
        given.account_type,
        chart.balance_kind,
        false as is_default_chart
    from given
    inner join {{ ref('chart_of_accounts') }} as chart on chart.posting_role = given.posting_role
    where given.product_id <> '*' and given.recency = 1
),

dim_accounts as (
    select * from defaults
    union all
    select * from of_products
)

select * from dim_accounts
