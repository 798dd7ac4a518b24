-- One row per contract line: the performance obligation that its promise belongs to, and what decides how that passes (D3, D5).
--
-- Lines of a contract on the same product, or that share an elected name, are one obligation.
with

elected as (
    select
        natures.*,
        case
            when natures.nature = 'option' then natures.line_id
            else coalesce(natures.used_product_id, natures.product_id, natures.line_id)
        end || ':' || case when natures.is_trued_up or natures.is_progress_minimum then 'units' else natures.nature end as computed_name,
        -- what is price only is no promise, whatever it is called
        case when natures.nature <> 'price' then elections.po_grouping end as obligation_name,
        coalesce(elections.acceptance = 'substantive', false) as acceptance_is_substantive,
        coalesce(elections.licence_nature, 'functional') as licence_nature,
        -- for use of a licence that the customer holds, not of a service (D13)
        natures.is_counted_use and coalesce(natures.product_kind = 'licence', false) and coalesce(elections.royalty_exception <> 'refused', true) as is_royalty,
        coalesce(elections.principal_agent = 'agent', false) and coalesce(natures.third_party_share, 0) > 0 as is_agent,
        case
            when natures.is_progress_minimum then 'units'
            when natures.product_kind = 'service' or natures.line_kind = 'milestone' or elections.measure_is_for_the_promise
                then elections.over_time_measure
        end as elected_measure,
        elections.tiered_pricing,
        elections.tiered_pricing_election_id,
        nullif(elections.ratable_convention, 'day') as ratable_convention
    from {{ ref('int_lines__natures') }} as natures
    left join {{ ref('int_lines__elections') }} as elections on elections.line_id = natures.line_id
),

-- Preparing to serve is no promise: its fee is part of the price of the platform that it prepares.
hosts as (
    select
        contract_id,
        computed_name as host_name
    from elected
    where nature_rule = 'D3.STANDREADY'
    qualify row_number() over (
        partition by contract_id
        order by case product_kind when 'access' then 1 when 'support' then 2 else 3 end, known_ordinal, service_start_at, line_id
    ) = 1
),

named as (
    select
        elected.*,
        case
            when elected.nature is not null
                then
                    elected.contract_id || ':' || coalesce(
                        case when elected.nature <> 'price' then elected.obligation_name end,
                        case when elected.nature_rule = 'D3.SETUP' then hosts.host_name end,
                        elected.computed_name
                    )
        end as obligation_id
    from elected
    left join hosts on hosts.contract_id = elected.contract_id
),

-- A line added later follows those that were known first: one obligation has one measure of progress
-- (ASC 606-10-25-32, IFRS 15.40).
firsts as (
    select
        obligation_id,
        known_ordinal as first_ordinal,
        min_by(elected_measure, line_id) as obligation_measure,
        bool_or(line_kind = 'milestone') as has_milestones,
        bool_or(line_kind <> 'milestone') as has_other_fees
    from named
    where is_stated_fee and nature is not null
    group by obligation_id, known_ordinal
    qualify row_number() over (partition by obligation_id order by known_ordinal) = 1
),

int_lines__obligations as (
    select
        named.*,
        named.known_ordinal = firsts.first_ordinal as is_of_the_first,
        firsts.obligation_measure,
        firsts.has_milestones,
        firsts.has_other_fees
    from named
    left join firsts on firsts.obligation_id = named.obligation_id
)

select * from int_lines__obligations
