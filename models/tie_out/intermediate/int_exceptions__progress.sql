-- One row per obligation whose progress cannot be measured or is beyond its whole, minimum whose overage should share its price and cannot, and per line with reports that count for nothing.
with

prices as (
    select
        obligation_id,
        cast(sum(allocated_amount) as decimal(38, 9)) as amount
    from {{ ref('fct_allocated_fees') }}
    where
        pattern = 'progress'
        and book_scope in ('both', 'asc606')
        and is_latest_segment
        and known_to_ordinal = 999999
    group by obligation_id
),

latest as (
    select
        progress.*,
        obligations.currency,
        prices.amount
    from {{ ref('fct_progress') }} as progress
    inner join {{ ref('dim_obligations') }} as obligations on obligations.obligation_id = progress.obligation_id
    left join prices on prices.obligation_id = progress.obligation_id
    where progress.known_to_ordinal = 999999
),

not_measurable as (
    select
        'MISSING_ESTIMATE' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        obligation_id as subject,
        amount,
        currency,
        'Progress is reported in ' || measure || ' and the whole is neither estimated (progress_total; usage_forecast in units of the use under a minimum) nor agreed'
        || case measure when 'cost' then ': revenue is the cost it took.' else ': no revenue of it.' end as message
    from latest
    where not is_measurable
),

beyond_the_whole as (
    select
        'PROGRESS_BEYOND_WHOLE' as exception_code,
        'warn' as severity,
        entity_id,
        contract_id,
        obligation_id as subject,
        amount,
        currency,
        'Reported are ' || cast(progress_to_date as varchar) || ' ' || measure || ' of a whole of ' || cast(progress_total as varchar)
        || ': earned in full. Estimate the whole again.' as message
    from latest
    where is_measurable and progress_to_date > progress_total
),

-- Reports in another measure than that of the obligation, and lines handed over in full while others of it are not done.
not_counted as (
    select
        'DELIVERY_NOT_COUNTED' as exception_code,
        'warn' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.line_id as subject,
        cast(null as decimal(38, 9)) as amount,
        lines.currency,
        'Reports of ' || {{ string_agg_ordered('coalesce(deliveries.measure, deliveries.kind)') }} || ' do not move the revenue of this line, which is measured by '
        || min(coalesce(latest.measure, lines.passes_on, lines.progress_measure, 'time')) || '.' as message
    from {{ ref('fct_deliveries') }} as deliveries
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = deliveries.line_id
        and (lines.pattern = 'progress' or lines.passes_on is not null)
    left join latest on latest.obligation_id = lines.obligation_id
    where
        deliveries.withdrawn_ordinal is null
        and deliveries.kind in ('delivered', 'progress', 'accepted')
        and case
            when lines.passes_on is not null then deliveries.kind = 'progress'
            when deliveries.measure is null
                then
                    deliveries.kind = case when lines.acceptance_is_substantive then 'accepted' else 'delivered' end
                    and coalesce(latest.measure, '') <> 'handover'
                    and coalesce(latest.progress_share, 0) < 1
            when deliveries.measure = 'uninstalled_cost' then coalesce(latest.measure, '') <> 'cost'
            else deliveries.measure <> coalesce(latest.measure, '')
        end
    group by lines.entity_id, lines.contract_id, lines.line_id, lines.currency
),

-- Method B asks for a forecast by people: that of history is made for minimums settled in arrears and tiers alone.
overage_apart as (
    select
        'OVERAGE_NOT_MEASURABLE' as exception_code,
        'warn' as severity,
        commitments.entity_id,
        commitments.contract_id,
        commitments.line_id as subject,
        cast(sum(lots.net_consideration) as decimal(38, 9)) as amount,
        min(lots.currency) as currency,
        'Overage does not cost what the units of the minimum cost, so both would be one price, earned by the share of all use. No forecast of all use in units was recorded when it was agreed, or the minimum has several intervals: minimum and overage are each earned as used.' as message
    from {{ ref('fct_commitments') }} as commitments
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.line_id = commitments.line_id
        and lots.known_to_ordinal = 999999
    inner join (
        select
            entity_id,
            max(start_at) as start_at
        from {{ ref('dim_accounting_periods') }}
        where has_begun
        group by entity_id
    ) as latest_period
        on latest_period.entity_id = commitments.entity_id
        and latest_period.start_at < lots.expires_at
    where commitments.overage_rule = 'D10.OVERAGE_NOT_MEASURABLE'
    group by commitments.entity_id, commitments.contract_id, commitments.line_id
),

int_exceptions__progress as (
    select * from not_measurable
    union all
    select * from beyond_the_whole
    union all
    select * from overage_apart
    union all
    select * from not_counted
)

select * from int_exceptions__progress
