-- One row per usage line of a pool whose use shares in its price, and window of belief: what its use is worth as stated and at standalone selling prices.
--
-- It counts at the forecast known first: later use changes no proportion (32-43, IFRS 15.88). Stated
-- prices go by the latest forecast where the policy spreads them in proportion. Use that prepaid credits pay for is what these promise.
with

windows as (
    {{ windows_as_first_agreed() }}
),

paid_in_advance as (
    select distinct
        lots.pool_id,
        lots.window_from_ordinal,
        pools.contract_id
    from {{ ref('int_pools__lots') }} as lots
    inner join {{ ref('int_pools') }} as pools
        on pools.contract_id = lots.contract_id
        and pools.currency = lots.unit_code
),

first_forecasts as (
    select *
    from {{ ref('int_pools__forecasts') }}
    qualify row_number() over (partition by line_id order by known_from_ordinal) = 1
),

expected as (
    select
        windows.*,
        pools.minor_unit_exponent,
        forecasts.obligation_id,
        forecasts.line_id,
        forecasts.expected_quantity,
        case when pools.variable_choice = 'proportional' then coalesce(later.expected_quantity, forecasts.expected_quantity) else forecasts.expected_quantity end as priced_quantity,
        forecasts.rate_amount * (1 - forecasts.discount_rate) as rate_amount,
        forecasts.rate_per_quantity,
        prices.rate_amount as book_rate,
        prices.rate_per_quantity as book_per_quantity,
        prices.method,
        forecasts.rate_amount * (1 - forecasts.discount_rate) * prices.rate_per_quantity between prices.range_low * forecasts.rate_per_quantity and prices.range_high * forecasts.rate_per_quantity as counts_as_ssp
    from windows
    inner join {{ ref('int_pools') }} as pools on pools.contract_id = windows.contract_id
    inner join first_forecasts as forecasts
        on forecasts.contract_id = windows.contract_id
        and forecasts.known_from_ordinal <= windows.window_from_ordinal
    left join {{ ref('int_pools__forecasts') }} as later
        on later.line_id = forecasts.line_id
        and later.known_from_ordinal <= windows.window_from_ordinal
        and later.known_to_ordinal > windows.window_from_ordinal
    left join {{ ref('fct_line_selling_prices') }} as prices
        on prices.line_id = forecasts.line_id
        and prices.contract_event_id is null
        and prices.known_from_ordinal <= windows.window_from_ordinal
        and prices.known_to_ordinal > windows.window_from_ordinal
    left join paid_in_advance
        on paid_in_advance.pool_id = windows.pool_id
        and paid_in_advance.window_from_ordinal = windows.window_from_ordinal
        and paid_in_advance.contract_id = windows.contract_id
    where paid_in_advance.contract_id is null
),

valued as (
    select
        *,
        {{ share_by_weight('rate_amount', 'priced_quantity', 'rate_per_quantity') }} as amount_as_stated,
        {{ share_by_weight('rate_amount', 'expected_quantity', 'rate_per_quantity') }} as amount_at_rate,
        {{ share_by_weight('book_rate', 'expected_quantity', 'book_per_quantity') }} as amount_at_book
    from expected
),

int_pools__usage as (
    select
        pool_id,
        contract_id,
        window_from_ordinal,
        window_to_ordinal,
        obligation_id,
        line_id,
        cast({{ round_to_minor_unit('amount_as_stated', 'minor_unit_exponent') }} as decimal(38, 18)) as stated_amount,
        cast({{ round_to_minor_unit('case when coalesce(counts_as_ssp, true) then amount_at_rate else amount_at_book end', 'minor_unit_exponent') }} as decimal(38, 18)) as standalone_amount,
        book_rate is null as lacks_ssp,
        coalesce(method = 'observable', false) as is_observable,
        coalesce(method, 'none') as methods
    from valued
)

select * from int_pools__usage
