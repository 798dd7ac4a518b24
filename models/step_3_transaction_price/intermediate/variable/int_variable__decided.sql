-- One row per line whose amount is variable and window of closes: the estimate that counts, and what it brings to the price (D6).
--
-- Of several the narrowest scope counts, then the one made last. Without any that may count, nothing is brought; of what lowers a
-- price the most it can be. What was credited for the same is part of the estimate, and once more than it, is the amount.
with

visible as (
    {{ visible_estimates(ref('int_variable__statements'), 'line', 'variable_id') }}
),

-- What was given back for it: credit notes on the line itself, which only bill what the estimate says, and on its fees, which lower the
-- price themselves. Of several contingent lines only the one that is named is meant.
credits as (
    select
        terms.variable_id,
        credited.line_id = terms.line_id and terms.variable_kind = 'contingent' as names_the_line,
        credited.known_ordinal,
        coalesce(credited.void_known_ordinal, 999999) as void_known_ordinal,
        {{ from_minor_units('credited.gross_minor - credited.tax_minor', 'contracts.minor_unit_exponent') }} as amount
    from (
        select distinct
            variable_id,
            variable_kind,
            line_id,
            target_line_id,
            contract_id,
            lines_of_contract
        from {{ ref('int_variable__terms') }}
    ) as terms
    inner join {{ ref('fct_credited_lines') }} as credited
        on credited.contract_id = terms.contract_id
        and (
            credited.line_id = terms.line_id
            or (terms.lines_of_contract = 1 or terms.variable_kind <> 'contingent')
            and coalesce(credited.line_id = terms.target_line_id, true)
        )
    inner join {{ ref('credit_reasons') }} as reasons
        on reasons.reason = credited.reason
        and reasons.effect = 'window'
        -- goods that came back are the share that was expected back
        and (reasons.component = 'refund') = (terms.variable_kind = 'given_back')
    inner join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = terms.contract_id
),

{{ windows_between_closes('variable_id', {
    ref('int_variable__terms'): ['window_from_ordinal', 'window_to_ordinal'],
    'visible': ['visible_from_ordinal', 'visible_to_ordinal'],
    'credits': ['known_ordinal', 'void_known_ordinal'],
}) }},

given as (
    select
        windows.variable_id,
        windows.window_from_ordinal,
        sum(case when credits.names_the_line then 0 else credits.amount end) as lowered_amount,
        sum(credits.amount) as given_amount
    from windows
    inner join credits
        on credits.variable_id = windows.variable_id
        and credits.known_ordinal <= windows.window_from_ordinal
        and credits.void_known_ordinal > windows.window_from_ordinal
    group by windows.variable_id, windows.window_from_ordinal
),

first_stated as (
    select
        variable_id,
        min(known_from_ordinal) as first_ordinal
    from {{ ref('int_variable__statements') }}
    group by variable_id
),

chosen as (
    select
        terms.* exclude (window_from_ordinal, window_to_ordinal),
        windows.window_from_ordinal,
        windows.window_to_ordinal,
        visible.* exclude (variable_id, variable_kind, contract_id, entity_id),
        coalesce(given.lowered_amount, 0) as lowered_amount,
        coalesce(given.given_amount, 0) as given_amount,
        case
            when visible.estimate_id is not null then visible.constraint_rule
            when first_stated.first_ordinal <= windows.window_from_ordinal then 'D6.NONE_IN_FORCE'
            else 'D6.NOT_ESTIMATED'
        end as rule_code
    from windows
    inner join {{ ref('int_variable__terms') }} as terms
        on terms.variable_id = windows.variable_id
        and terms.window_from_ordinal <= windows.window_from_ordinal
        and terms.window_to_ordinal > windows.window_from_ordinal
    left join visible
        on visible.variable_id = windows.variable_id
        and visible.visible_from_ordinal <= windows.window_from_ordinal
        and visible.visible_to_ordinal > windows.window_from_ordinal
    left join first_stated on first_stated.variable_id = windows.variable_id
    left join given
        on given.variable_id = windows.variable_id
        and given.window_from_ordinal = windows.window_from_ordinal
    qualify row_number() over (
        partition by windows.variable_id, windows.window_from_ordinal
        order by {{ nearest_estimate('visible') }}
    ) = 1
),

valued as (
    select
        *,
        {%- for name in ['expected', 'constrained'] %}
            cast(case
                when estimate_id is null then case variable_kind when 'contingent' then least(coalesce(fixed_amount, 0), 0) else 0 end
                when variable_kind = 'given_back' then cast({{ name }}_outcome as decimal(10, 9)) * cast(target_amount as decimal(27, 9))
                when variable_kind = 'expected_fee' then {{ name }}_outcome - target_amount
                -- never beyond the most that was agreed
                when fixed_amount > 0 then least({{ name }}_outcome, fixed_amount)
                when fixed_amount < 0 then greatest({{ name }}_outcome, fixed_amount)
                else {{ name }}_outcome
            end as decimal(38, 9)) as {{ name }}_amount,
        {%- endfor %}
        case
            when variable_kind = 'given_back' then 'refund'
            when variable_kind = 'contingent' and coalesce(fixed_amount, least(greatest_outcome, 0)) <= 0 and coalesce(greatest_outcome, 0) <= 0 then 'concession'
            else 'fee'
        end as earned_as
    from chosen
),

int_variable__decided as (
    select
        * exclude (doubts),
        coalesce(nullif(doubts, ''), 'none') as doubts,
        cast(case
            when given_amount = 0 or constrained_amount > 0 then constrained_amount
            else least(constrained_amount, -given_amount) + lowered_amount
        end as decimal(38, 9)) as part_amount
    from valued
)

select * from int_variable__decided
