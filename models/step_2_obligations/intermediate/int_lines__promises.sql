-- One row per contract line: how its promise passes to the customer (D5, D13; ASC 606-10-25-27..31, 55-54..65; IFRS 15.35..41, B52..B63).
with

owned as (
    select
        *,
        case
            when is_counted_use then 'usage_as_rated'
            when is_progress_minimum then 'progress'
            when sells_lots and is_trued_up then 'trued_up_minimum'
            when nature = 'outcomes' then 'outcomes'
            when sells_lots and lots_are_refundable then 'prepaid_refundable'
            when sells_lots then 'prepaid_units'
            when nature is null then null
            when nature = 'included_units' then 'included_units'
            when nature = 'price' then 'price_only'
            when nature = 'option' and line_kind = 'option' then 'material_right'
            when nature = 'option' then 'set_up'
            when nature = 'licence' and licence_nature = 'symbolic' then 'licence_access'
            when nature = 'licence' then 'licence'
            when nature = 'stand_ready' and product_kind = 'service' and coalesce(obligation_measure, 'time') in ('time', 'point_in_time', 'milestone') then 'service_by_day'
            when nature = 'stand_ready' and obligation_measure in ('cost', 'hours', 'units', 'percent') then 'progress'
            when nature = 'stand_ready' then 'ratable_by_day'
            when obligation_measure = 'time' and product_kind = 'service' then 'service_by_day'
            when obligation_measure = 'time' then 'ratable_by_day'
            when obligation_measure = 'point_in_time' then 'point_in_time'
            -- where other fees share the obligation, milestones measure the progress of all of it
            when coalesce(obligation_measure, 'milestone') = 'milestone' and has_milestones and not has_other_fees then 'milestone'
            when obligation_measure = 'milestone' and not has_milestones then 'milestone'
            when product_kind = 'service' and billing_timing = 'on_delivery' and obligation_measure is null and not has_milestones then 'point_in_time'
            when obligation_measure is not null or has_milestones or product_kind = 'service' then 'progress'
            when nature = 'units' and product_kind <> 'good' then 'progress'
            else 'point_in_time'
        end as own_pattern
    from {{ ref('int_lines__obligations') }}
),

-- The lines of an obligation pass as one: with its readiness, if it has one, over the window of that.
leaders as (
    select
        obligation_id,
        own_pattern as pattern,
        service_start_at,
        service_end_at
    from owned
    where is_stated_fee and is_of_the_first
    qualify row_number() over (
        partition by obligation_id
        order by
            case
                when obligation_measure is not null and nature <> 'stand_ready' then 0
                when nature_rule = 'D3.SETUP' then 9
                else
                    case own_pattern
                        when 'ratable_by_day' then 1
                        when 'service_by_day' then 2
                        when 'licence_access' then 3
                        when 'progress' then 4
                        when 'milestone' then 5
                        when 'point_in_time' then 6
                        else 7
                    end
            end,
            service_start_at,
            line_id
    ) = 1
),

resolved as (
    select
        owned.* exclude (own_pattern),
        coalesce(leaders.pattern, owned.own_pattern) as pattern,
        coalesce(
            leaders.pattern in ('ratable_by_day', 'service_by_day', 'licence_access')
            and (owned.nature_rule = 'D3.SETUP' or owned.own_pattern not in ('ratable_by_day', 'service_by_day', 'licence_access')),
            false
        ) as joins_another,
        leaders.service_start_at as leading_start_at,
        leaders.service_end_at as leading_end_at
    from owned
    left join leaders
        on leaders.obligation_id = owned.obligation_id
        and owned.is_stated_fee
),

timed as (
    select
        *,
        case
            -- accepted one by one, by criteria that are not objective, an outcome passes when it is (section 2, D5)
            when pattern = 'outcomes' and acceptance_is_substantive then 'D5.PIT'
            when pattern in {{ patterns_without_fees() }} or pattern in ('included_units', 'ratable_by_day', 'service_by_day') then 'D5.OT_CONSUME'
            when pattern in ('material_right', 'set_up') then 'D5.MATERIAL_RIGHT'
            when pattern = 'licence' then 'D5.PIT_LICENCE'
            when pattern = 'licence_access' then 'D5.OT_ACCESS'
            when pattern = 'point_in_time' then 'D5.PIT'
            -- work that is counted in cost, share or milestones builds something that the customer controls
            when pattern = 'milestone' or obligation_measure in ('cost', 'percent', 'milestone') or has_milestones then 'D5.OT_CONTROL'
            when pattern = 'progress' then 'D5.OT_CONSUME'
        end as timing_rule
    from resolved
),

int_lines__promises as (
    select
        * exclude (leading_start_at, leading_end_at),
        case when joins_another then greatest(service_start_at, leading_start_at) end as joined_from_at,
        case when joins_another then leading_end_at end as joined_to_at,
        case
            when pattern in ('point_in_time', 'licence', 'milestone') and acceptance_is_substantive then 'accepted'
            when pattern = 'milestone' or pattern = 'licence' and line_kind = 'milestone' then 'milestone'
            when pattern = 'licence' then 'licence_available'
            when pattern = 'point_in_time' then 'delivered'
        end as passes_on,
        case
            when pattern = 'price_only' then 'price'
            when pattern in ('material_right', 'set_up') then 'expiry'
            when pattern = 'usage_as_rated' and is_royalty then 'licence'
            -- beyond a minimum, at what its use costs there
            when pattern = 'usage_as_rated' and (is_under_minimum or line_kind = 'overage') then 'overage'
            when pattern = 'usage_as_rated' then 'usage'
            when pattern = 'outcomes' then 'outcome'
            when pattern in {{ patterns_without_fees() }} or pattern = 'included_units' or is_progress_minimum then 'drawdown'
            when pattern in ('licence', 'licence_access') then 'licence'
            when pattern = 'ratable_by_day' then 'platform'
            when pattern = 'point_in_time' and product_kind <> 'service' then 'delivery'
            when pattern in ('point_in_time', 'milestone') or timing_rule = 'D5.OT_CONTROL' then 'project'
            when pattern is not null then 'service'
        end as component
    from timed
)

select * from int_lines__promises
