-- One row per option line and version of its terms: whether it is a material right, and what it is worth (D9; ASC 606-10-55-41..45, IFRS 15.B39..B43).
--
-- The rules of D9 in their order; an election overrides the answer, not the measurement.
with

-- Renewals of similar goods at agreed terms may be looked through: the goods expected, for the
-- consideration expected (ASC 606-10-55-45, IFRS 15.B43). Computed, where their number is expected.
measured as (
    select
        *,
        coalesce(set_up_amount > stated_price * cast(threshold as decimal(9, 9)), false) as waives_significant_fee,
        -- points of several purchases are saved up for one: what those of one purchase are worth says little
        coalesce(product_kind = 'option' and quantity > 1, false) as accumulates,
        case
            when service_line_id is not null then 'set_up'
            when renewed_product_id is null then 'ssp'
            when elected_measure in ('look_through', 'ssp') then elected_measure
            when renews and (value_unit = 'units' or set_up_amount > stated_price * cast(threshold as decimal(9, 9))) then 'look_through'
            else 'ssp'
        end as measure
    from {{ ref('int_options__described') }}
),

worth as (
    select
        *,
        case
            when measure = 'set_up' then cast(fixed_amount as decimal(38, 18))
            -- (initial price + expected renewals) spread evenly over both leaves this for the renewals
            when measure = 'look_through'
                then {{ share_of('cast(initial_amount * renewal_months - renewal_amount * initial_months as decimal(38, 18))', millionths('expected_value'), 'initial_months * 1000000 + renewal_months * ' ~ millionths('expected_value')) }}
            when value_unit = 'rate'
                then {{ share_of('value_as_exercised', 'cast(expected_value * 1000000000 as ' ~ wide_integer() ~ ')', '1000000000') }}
            else {{ share_of('value_as_exercised', millionths('expected_value'), '1000000') }}
        end as standalone_amount
    from measured
),

judged as (
    select
        *,
        case
            when elected_right in ('material_right', 'marketing_offer', 'no_right') then upper(elected_right)
            when measure = 'look_through' and estimate_id is null and coalesce(elected_measure, 'computed') <> 'look_through' then 'MARKETING_OFFER'
            when standalone_amount > 0 and measure = 'look_through' and waives_significant_fee then 'MATERIAL_RIGHT'
            when standalone_amount > stated_price * cast(threshold as decimal(9, 9)) then 'MATERIAL_RIGHT'
            when standalone_amount > 0 and measure = 'ssp' and accumulates then 'MATERIAL_RIGHT'
            when measure = 'set_up' then 'NO_RIGHT'
            else 'MARKETING_OFFER'
        end as outcome,
        case
            when elected_right in ('material_right', 'marketing_offer', 'no_right') then 'D9.ELECTED'
            when standalone_amount is null then 'D9.NO_SSP'
            when standalone_amount <= 0 then 'D9.AT_SSP'
            -- of renewals that nobody expects nothing can be looked through
            when measure = 'look_through' and estimate_id is null and coalesce(elected_measure, 'computed') <> 'look_through' then 'D9.NO_ESTIMATE'
            when measure = 'look_through' and waives_significant_fee then 'D9.WAIVED_FEE'
            when standalone_amount <= stated_price * cast(threshold as decimal(9, 9))
                then case when measure = 'ssp' and accumulates then 'D9.ACCUMULATES' else 'D9.NOT_SIGNIFICANT' end
            when measure = 'look_through' then 'D9.LOOK_THROUGH'
            when measure = 'set_up' then 'D9.WAIVED_FEE'
            else 'D9.INCREMENTAL'
        end as rule_code
    from worth
),

fct_options as (
    select
        line_id,
        contract_id,
        entity_id,
        customer_id,
        product_id,
        currency,
        contract_id || ':' || line_id || ':option' as obligation_id,
        -- an elected right that nothing prices would be a right worth nothing
        case when outcome = 'MATERIAL_RIGHT' and coalesce(standalone_amount, 0) <= 0 then 'MARKETING_OFFER' else outcome end as outcome,
        rule_code,
        measure,
        election_id,
        estimate_id,
        known_from_ordinal,
        known_to_ordinal,
        cast(inception_ordinal as integer) as inception_ordinal,
        from_at,
        to_at,
        quantity,
        amount_interval,
        value_unit,
        expected_value,
        service_line_id,
        renewed_product_id,
        initial_to_date,
        initial_months,
        renewal_months,
        renewal_amount,
        cast(stated_price as decimal(38, 9)) as stated_price,
        cast(value_as_exercised as decimal(38, 18)) as value_as_exercised,
        cast(coalesce(standalone_amount, 0) as decimal(38, 18)) as standalone_amount,
        cast(threshold as decimal(38, 9)) as threshold
    from judged
)

select * from fct_options
