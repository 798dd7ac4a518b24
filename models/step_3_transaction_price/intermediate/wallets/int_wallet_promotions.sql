-- One row per free lot, usage line segment that drew it, service period and revision: what that knowledge changed in its units and in the use that they paid for.
--
-- The use behind a draw is the share of the charge that the lot paid for. What a vendor drew has no use behind it, and of use whose amount its
-- events carry the quantity is not what is charged.
with

drawn as (
    select
        draws.grant_id,
        draws.line_segment_number,
        draws.line_id,
        draws.service_ordinal,
        draws.unit_code,
        draws.revision,
        sum(draws.units) as units
    from {{ ref('fct_credit_draws') }} as draws
    inner join {{ ref('fct_credit_grants') }} as grants
        on grants.grant_id = draws.grant_id
        and grants.treatment = 'NONE'
    where draws.taken_by = 'draw'
    group by all
),

cells as (
    select
        line_segment_number,
        service_ordinal,
        unit_code,
        revision,
        sum(sum(charged)) over in_order as charged_to_date,
        sum(sum(quantity)) over in_order as quantity_to_date
    from {{ ref('int_wallet_moves') }}
    group by line_segment_number, service_ordinal, unit_code, revision
    window in_order as (partition by line_segment_number, service_ordinal, unit_code order by revision)
),

lots as (
    select distinct
        grant_id,
        line_id,
        line_segment_number,
        service_ordinal,
        unit_code,
        case when line_segment_number is null then revision end as revision
    from drawn
),

to_date as (
    select
        lots.* replace (coalesce(cells.revision, lots.revision) as revision),
        cells.charged_to_date,
        cells.quantity_to_date,
        coalesce(drawn.units, 0) as units,
        sum(coalesce(drawn.units, 0)) over (
            partition by lots.grant_id, lots.line_segment_number, lots.service_ordinal order by coalesce(cells.revision, lots.revision)
        ) as units_to_date
    from lots
    left join cells
        on cells.line_segment_number = lots.line_segment_number
        and cells.service_ordinal = lots.service_ordinal
        and cells.unit_code = lots.unit_code
    left join drawn
        on drawn.grant_id = lots.grant_id
        and drawn.line_segment_number is not distinct from lots.line_segment_number
        and drawn.service_ordinal = lots.service_ordinal
        and drawn.revision = coalesce(cells.revision, lots.revision)
),

carried as (
    select distinct rates.line_segment_number
    from {{ ref('fct_usage_rates') }} as rates
    inner join {{ accepted(ref('stg_prices')) }} as prices
        on prices.price_id = rates.price_id
        and prices.model = 'as_rated'
),

served as (
    select
        to_date.*,
        case
            when to_date.line_segment_number is null or carried.line_segment_number is not null then null
            when to_date.units_to_date = to_date.charged_to_date then cast(to_date.quantity_to_date as decimal(38, 18))
            -- a charge taken back leaves dust of a few 10^-18
            when cast(to_date.charged_to_date as decimal(38, 9)) > 0
                then
                    {{ wide_share_of(
                        'cast(to_date.quantity_to_date as decimal(38, 18))',
                        billionths('cast(to_date.units_to_date as decimal(38, 9))'),
                        billionths('cast(to_date.charged_to_date as decimal(38, 9))'),
                    ) }}
            else 0
        end as served_to_date
    from to_date
    left join carried on carried.line_segment_number = to_date.line_segment_number
),

int_wallet_promotions as (
    select
        grant_id,
        line_id,
        line_segment_number,
        service_ordinal,
        unit_code,
        revision,
        units,
        cast(served_to_date - coalesce(lag(served_to_date) over (
            partition by grant_id, line_segment_number, service_ordinal order by revision
        ), 0) as decimal(38, 9)) as quantity
    from served
)

select * from int_wallet_promotions
where units <> 0 or quantity <> 0
