-- One row per row of a line that cites a contract event and holds: how it is treated, and what the rule saw (D12; ASC 606-10-25-12, 25-13, IFRS 15.20, 21).
--
-- Decided as the first close that knows the row sees it, so that what is recorded later rewrites
-- no segment. What is added is distinct unless it joins work that is measured as one.
with

added as (
    select * from {{ ref('int_lines__additions') }}
),

-- The price of the product sold alone on the day of the change, in the nearest scope.
selling_prices as (
    select
        added.input_row,
        prices.ssp_id,
        prices.rate_amount,
        coalesce(prices.range_low, prices.rate_amount) as range_low,
        coalesce(prices.range_high, prices.rate_amount) as range_high,
        prices.rate_per_quantity
    from added
    inner join {{ accepted(ref('stg_standalone_selling_prices')) }} as prices
        on prices.product_id = added.product_id
        and prices.currency = added.currency
        and prices.rate_amount is not null
        and coalesce(prices.quantity_from, 0) <= added.added_quantity
        and coalesce(prices.valid_from <= added.effective_at, true)
        and coalesce(prices.valid_to > added.effective_at, true)
        and (
            prices.scope_type = 'global'
            or prices.scope_type = 'contract_event' and prices.scope_id = added.contract_event_id
            or prices.scope_type = 'line' and prices.scope_id = added.line_id
            or prices.scope_type = 'contract' and prices.scope_id = added.contract_id
            or prices.scope_type = 'customer' and prices.scope_id = added.customer_id
            or prices.scope_type = 'customer_class' and prices.scope_id = added.customer_class
            or prices.scope_type = 'jurisdiction' and prices.scope_id = added.jurisdiction
            or prices.scope_type = 'entity' and prices.scope_id = added.entity_id
        )
    {{ join_known_period('known', 'added.entity_id', 'prices.recorded_at') }}
    {{ join_known_period('replaced', 'added.entity_id', 'prices.known_until_at') }}
    where
        added.adds in ('line', 'quantity')
        and known.period_ordinal <= added.known_from_ordinal
        and coalesce(replaced.period_ordinal, 999999) > added.known_from_ordinal
    qualify row_number() over (
        partition by added.input_row
        order by
            case prices.scope_type
                when 'contract_event' then 1
                when 'line' then 2
                when 'contract' then 3
                when 'customer' then 4
                when 'customer_class' then 5
                when 'jurisdiction' then 6
                when 'entity' then 7
                else 8
            end asc,
            coalesce(prices.quantity_from, 0) desc,
            prices.valid_from desc nulls last,
            prices.ssp_id asc
    ) = 1
),

elections as (
    {{ elections_of(
        ['modification_treatment', 'separate_price_tolerance'], 'added', 'input_row',
        {
            'contract_event': 'contract_event_id', 'line': 'line_id', 'contract': 'contract_id', 'customer': 'customer_id',
            'product': 'product_id', 'customer_class': 'customer_class', 'jurisdiction': 'jurisdiction', 'entity': 'entity_id',
        },
    ) }}
),

elected as (
    select elections.*
    from elections
    inner join added on added.input_row = elections.input_row
    where
        elections.known_ordinal <= added.known_from_ordinal
        and elections.replaced_ordinal > added.known_from_ordinal
    qualify row_number() over (partition by elections.input_row, elections.topic order by {{ nearest_election('elections') }}) = 1
),

compared as (
    select
        added.*,
        {{ int_div(billionths('selling_prices.rate_amount') ~ ' * ' ~ billionths('added.added_quantity'), billionths('selling_prices.rate_per_quantity')) }} as standalone_billionths,
        {{ int_div(billionths('selling_prices.range_low') ~ ' * ' ~ billionths('added.added_quantity'), billionths('selling_prices.rate_per_quantity')) }} as low_billionths,
        {{ int_div(billionths('selling_prices.range_high') ~ ' * ' ~ billionths('added.added_quantity'), billionths('selling_prices.rate_per_quantity')) }} as high_billionths,
        selling_prices.ssp_id,
        coalesce(tolerances.value, cast(defaults.default_choice as decimal(38, 9))) as price_tolerance,
        added.is_distinct,
        nullif(treatments.choice, 'computed') as elected_treatment,
        treatments.election_id
    from added
    left join selling_prices on selling_prices.input_row = added.input_row
    left join elected as treatments
        on treatments.input_row = added.input_row
        and treatments.topic = 'modification_treatment'
    left join elected as tolerances
        on tolerances.input_row = added.input_row
        and tolerances.topic = 'separate_price_tolerance'
    inner join {{ ref('policy_topics') }} as defaults on defaults.topic = 'separate_price_tolerance'
),

judged as (
    select
        *,
        coalesce(
            abs({{ billionths('added_amount') }} - standalone_billionths) * 1000000000 <= {{ billionths('price_tolerance') }} * standalone_billionths
            or {{ billionths('added_amount') }} between low_billionths and high_billionths,
            false
        ) as is_at_standalone_price
    from compared
),

fct_line_modifications as (
    select
        input_row,
        contract_event_id,
        contract_id,
        entity_id,
        line_id,
        obligation_id,
        adds,
        case
            when elected_treatment = 'separate' and adds in ('line', 'quantity') and is_distinct then 'SEPARATE'
            when elected_treatment = 'prospective' and is_distinct then 'PROSPECTIVE'
            when not is_distinct then 'CATCHUP'
            when elected_treatment is null and adds in ('line', 'quantity') and is_at_standalone_price then 'SEPARATE'
            else 'PROSPECTIVE'
        end as treatment,
        case
            when is_distinct and (elected_treatment = 'separate' and adds in ('line', 'quantity') or elected_treatment = 'prospective') then 'D12.ELECTED'
            when not is_distinct then 'D12.REMAINING_NOT_DISTINCT'
            when elected_treatment is null and adds in ('line', 'quantity') and is_at_standalone_price then 'D12.ADDED_AT_STANDALONE_PRICE'
            else 'D12.REMAINING_DISTINCT'
        end as rule_code,
        'adds=' || adds
        || '; quantity=' || coalesce(cast(added_quantity as varchar), 'none')
        || '; price=' || coalesce(cast(added_amount as varchar), 'none')
        || '; standalone_price=' || coalesce(cast({{ from_billionths('standalone_billionths') }} as varchar) || ' (' || ssp_id || ')', 'none')
        || '; tolerance=' || cast(price_tolerance as varchar)
        || '; distinct=' || cast(is_distinct as varchar) as inputs_seen,
        election_id,
        segment_from_at,
        known_from_ordinal,
        known_to_ordinal
    from judged
)

select * from fct_line_modifications
