-- One row per obligation, set of books, component, service period and revision: prepaid units drawn, and lapsed unused (D8, D11).
--
-- ASC 606-10-55-46..48, IFRS 15.B44..B46: what is paid in advance is a liability until its units are
-- used, each at the price of its lot. Where breakage is expected it is earned with the units used;
-- else units never used are revenue when the right to them ends. Units given as a price reduction and
-- taken away again restore the price (ASC 606-10-32-14, IFRS 15.59). Before the agreement counts as a contract
-- nothing is earned.
with

returns as (
    select * from {{ ref('fct_outcome_returns') }}
),

draws as (
    select * from {{ ref('int_credit_values') }}
    union all by name
    select * from {{ ref('fct_credit_breakage') }}
),

-- Outcomes given back return their units to the lot: a concession, and no draw that never was.
split as (
    select
        draws.* replace (draws.amount - coalesce({{ share_of_return('draws.amount') }}, 0) as amount),
        false as is_given_back
    from draws
    left join returns
        on returns.line_segment_number = draws.line_segment_number
        and returns.service_ordinal = draws.service_ordinal
        and returns.unit_code = draws.unit_code
        and returns.revision = draws.revision
        and draws.taken_by = 'draw'

    union all by name

    select
        draws.* replace ({{ share_of_return('draws.amount') }} as amount),
        true as is_given_back
    from draws
    inner join returns
        on returns.line_segment_number = draws.line_segment_number
        and returns.service_ordinal = draws.service_ordinal
        and returns.unit_code = draws.unit_code
        and returns.revision = draws.revision
        and draws.taken_by = 'draw'
),

earned as (
    select
        gates.book_scope,
        draws.entity_id,
        draws.contract_id,
        lines.obligation_id,
        case
            when draws.is_given_back then 'concession'
            when draws.taken_by = 'draw' then 'drawdown'
            -- what use lacks of a minimum that is settled in arrears
            when lines.pattern = 'trued_up_minimum' then 'shortfall'
            when draws.taken_by in ('breakage', 'remote') then 'breakage'
            when draws.taken_by = 'void' and grants.treatment = 'PRICE_REDUCTION' then 'concession'
            else 'expiry'
        end as component,
        case
            when draws.is_given_back then 'D17.OUTCOME'
            when draws.taken_by = 'draw' then 'D8.UNITS_DELIVERED'
            when draws.taken_by = 'breakage' then 'D11.PROPORTIONAL'
            when draws.taken_by = 'remote' then 'D11.REMOTE'
            when draws.taken_by = 'void' and grants.treatment = 'PRICE_REDUCTION' then 'D8.TAKEN_BACK'
            when draws.taken_by = 'void' then 'D11.VOIDED'
            else 'D11.REMOTE_AT_EXPIRY'
        end as rule_code,
        draws.service_ordinal,
        gates.until_ordinal,
        greatest(draws.revision, gates.gate_ordinal * 10 + {{ family('contract') }}) as revision,
        draws.amount
    from split as draws
    inner join {{ ref('fct_credit_grants') }} as grants on grants.grant_id = draws.grant_id
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = grants.line_id
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = draws.contract_id
        and draws.book_scope in ('both', gates.book_scope)
        and gates.from_at = draws.stretch_from_at
        and gates.until_ordinal * 10 > greatest(draws.revision, gates.gate_ordinal * 10 + {{ family('contract') }})
        and gates.gate_ordinal is not null
    where
        draws.amount <> 0
        -- what moves from lot to lot is earned when it is used, what is given up with a change of terms with the fees that remain
        and draws.taken_by not in ('rollover', 'transfer', 'forfeit')
),

int_pattern__prepaid_units as (
    {{ earned_until_lost('earned') }}
)

select * from int_pattern__prepaid_units
