-- One row per row of a line that cites a contract event and holds: how it is treated, and what the rule saw (D12; ASC 606-10-25-12, 25-13, IFRS 15.20, 21).
--
-- Decided as the first close that knows the row sees it, so that what is recorded later rewrites
-- no segment. What is added is distinct unless it joins work that is measured as one.
with

added as (
    select * from {{ ref('int_lines__additions') }}
),

-- What the product sells for alone on the day of the change, as that close knew it.
selling_prices as (
    select
        added.input_row,
        prices.ssp_id,
        case added.adds when 'line' then prices.standalone_amount else {{ from_billionths(int_div(billionths('prices.rate_amount') ~ ' * ' ~ billionths('added.added_quantity'), billionths('prices.rate_per_quantity'))) }} end as standalone_amount,
        case added.adds when 'line' then prices.low_amount else {{ from_billionths(int_div(billionths('prices.range_low') ~ ' * ' ~ billionths('added.added_quantity'), billionths('prices.rate_per_quantity'))) }} end as low_amount,
        case added.adds when 'line' then prices.high_amount else {{ from_billionths(int_div(billionths('prices.range_high') ~ ' * ' ~ billionths('added.added_quantity'), billionths('prices.rate_per_quantity'))) }} end as high_amount
    from added
    inner join {{ ref('fct_line_selling_prices') }} as prices
        on prices.line_id = added.line_id
        and prices.contract_event_id = added.contract_event_id
        and prices.known_from_ordinal <= added.known_from_ordinal
        and prices.known_to_ordinal > added.known_from_ordinal
    where
        added.adds in ('line', 'quantity')
        and prices.rate_amount is not null
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
        selling_prices.standalone_amount,
        selling_prices.low_amount,
        selling_prices.high_amount,
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
            abs({{ billionths('net_added_amount') }} - {{ billionths('standalone_amount') }}) * 1000000000 <= {{ billionths('price_tolerance') }} * {{ billionths('standalone_amount') }}
            or net_added_amount between low_amount and high_amount,
            false
        )
        -- what goods cost less by a line of its own is shared with what remains
        and (net_added_amount = added_amount or coalesce(pattern, '') not in {{ patterns_by_handover() }}) as is_at_standalone_price
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
            -- an election that does not fit what the rule finds changes nothing of it
            when adds in ('line', 'quantity') and is_at_standalone_price then 'SEPARATE'
            else 'PROSPECTIVE'
        end as treatment,
        case
            when is_distinct and (elected_treatment = 'separate' and adds in ('line', 'quantity') or elected_treatment = 'prospective') then 'D12.ELECTED'
            when not is_distinct and elected_treatment = 'catch_up' then 'D12.ELECTED'
            when not is_distinct then 'D12.REMAINING_NOT_DISTINCT'
            when adds in ('line', 'quantity') and is_at_standalone_price then 'D12.ADDED_AT_STANDALONE_PRICE'
            else 'D12.REMAINING_DISTINCT'
        end as rule_code,
        'adds=' || adds
        || '; quantity=' || coalesce(cast(added_quantity as varchar), 'none')
        || '; price=' || coalesce(cast(added_amount as varchar), 'none')
        || case when coalesce(net_added_amount = added_amount, added_amount is null) then '' else '; less_discount=' || coalesce(cast(cast(net_added_amount as decimal(38, 9)) as varchar), 'not comparable') end
        || '; standalone_price=' || coalesce(cast(standalone_amount as varchar) || ' (' || ssp_id || ')', 'none')
        || '; tolerance=' || cast(price_tolerance as varchar)
        || '; distinct=' || cast(is_distinct as varchar) as inputs_seen,
        elected_treatment,
        election_id,
        segment_from_at,
        known_from_ordinal,
        known_to_ordinal
    from judged
)

select * from fct_line_modifications
