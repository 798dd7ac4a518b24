-- One row per contract and feature of its lines, prices and credits that makes a policy topic apply to it.
with

lines as (
    select
        lines.*,
        contracts.entity_id,
        products.product_kind,
        steps.line_id is not null as is_ramp_step,
        count(*) over (partition by lines.contract_id) as line_count
    from {{ accepted(ref('stg_contract_lines')) }} as lines
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    left join {{ ref('dim_products') }} as products on products.product_id = lines.product_id
    left join {{ ref('fct_ramp_steps') }} as steps on steps.line_id = lines.line_id
    where lines.known_until_at is null
),

prices as (
    select
        price_id,
        bool_or(model in ('graduated', 'volume', 'threshold_total', 'package') or coalesce(tier_no, 1) > 1 or coalesce(included_quantity, 0) > 0) as is_tiered,
        bool_or(coalesce(minimum_amount, 0) > 0) as has_minimum
    from {{ accepted(ref('stg_prices')) }}
    where known_until_at is null
    group by price_id
),

grants as (
    select
        grants.contract_id,
        contracts.entity_id,
        grants.grant_kind,
        grants.recorded_at
    from {{ accepted(ref('stg_credit_grants')) }} as grants
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = grants.contract_id
    where grants.known_until_at is null
),

-- One yes or no per feature, so that a feature is one line to read and one line to add.
judged as (
    select
        lines.contract_id,
        lines.entity_id,
        lines.recorded_at,
        {{ string_of_features([
            ('line', "true"),
            ('several_lines', "lines.line_count > 1"),
            ('usage', "lines.line_kind = 'usage'"),
            ('fee_over_time', "lines.line_kind = 'fixed_fee' and lines.product_kind in ('access', 'support')"),
            ('ramp', "lines.is_ramp_step"),
            ('service', "lines.line_kind in ('fixed_fee', 'milestone') and lines.product_kind = 'service'"),
            ('good', "lines.product_kind = 'good'"),
            ('tiered_price', "prices.is_tiered"),
            ('minimum', "lines.line_kind = 'minimum_commitment' or prices.has_minimum"),
            ('true_up', "lines.true_up_on is not null"),
            ('overage', "lines.line_kind = 'overage'"),
            ('credits', "lines.line_kind in ('credit_pack', 'included_credits')"),
            ('prepaid', "lines.line_kind in ('credit_pack', 'included_credits') or lines.line_kind = 'minimum_commitment' and lines.true_up_on is null"),
            ('included', "lines.line_kind = 'included_credits'"),
            ('option', "lines.line_kind = 'option'"),
            ('renewal', "lines.line_kind = 'option' and lines.price_id is not null"),
            ('discount', "lines.line_kind = 'discount'"),
            ('contingent', "lines.line_kind in ('contingent', 'outcome')"),
            ('licence', "lines.product_kind = 'licence'"),
            ('royalty', "lines.product_kind = 'licence' and lines.line_kind = 'usage'"),
            ('third_party', "coalesce(lines.third_party_share, 0) > 0"),
            ('long_fee', "coalesce(lines.amount_interval, 'once') = 'once' and lines.fixed_amount > 0 and lines.service_end > " ~ add_months('lines.service_start', 12)),
            ('payable_to_customer', "lines.line_kind = 'payable_to_customer'"),
            ('noncash', "lines.line_kind = 'noncash'"),
            ('outcome', "lines.line_kind = 'outcome'"),
        ]) }} as features
    from lines
    left join prices on prices.price_id = lines.price_id

    union all

    select
        contract_id,
        entity_id,
        recorded_at,
        {{ string_of_features([
            ('credits', "true"),
            ('prepaid', "grant_kind in ('entitlement', 'commitment', 'top_up', 'bonus', 'rollover')"),
            ('promotional_credits', "grant_kind = 'promotional'"),
        ]) }} as features
    from grants
),

names as (
    select distinct feature from {{ ref('topic_features') }}
),

int_features__lines as (
    select
        judged.contract_id,
        judged.entity_id,
        names.feature,
        min(judged.recorded_at) as known_at
    from judged
    inner join names on position('|' || names.feature || '|' in judged.features) > 0
    group by judged.contract_id, judged.entity_id, names.feature
)

select * from int_features__lines
