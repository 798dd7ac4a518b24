-- One row per line of an agent that prepaid units are sold by or pay for.
with

-- Lots are worth what was paid for them: of what is somebody else's nothing is taken out.
of_others as (
    select
        lines.line_id,
        lots.net_consideration as amount,
        stated.third_party_share
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('fct_obligation_judgements') }} as judgements
        on judgements.subject = lines.line_id
        and judgements.decision_code = 'D14'
        and judgements.outcome = 'AGENT'
    inner join {{ accepted(ref('stg_contract_lines')) }} as stated
        on stated.line_id = lines.line_id
        and stated.modified_by_event_id is null
        and stated.known_until_at is null
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.line_id = lines.line_id
        and lots.known_to_ordinal = 999999
    where lines.pattern in ('prepaid_units', 'prepaid_refundable', 'trued_up_minimum')

    union all

    select
        lines.line_id,
        draws.amount,
        lines.third_party_share
    from {{ ref('dim_obligation_lines') }} as lines
    inner join {{ ref('fct_credit_draws') }} as draws
        on draws.line_id = lines.line_id
        and draws.taken_by = 'draw'
    where lines.third_party_share > 0
),

int_exceptions__agents as (
    select
        'AGENCY_NOT_APPLIED' as exception_code,
        'block' as severity,
        lines.entity_id,
        lines.contract_id,
        lines.line_id as subject,
        cast(sum(of_others.amount) - {{ less_share('sum(of_others.amount)', 'max(of_others.third_party_share)') }} as decimal(38, 9)) as amount,
        lines.currency,
        'The company is an agent for what this line sells, and prepaid units are sold by it or pay for it: all that was paid for them is revenue as they are used. Take the share of the other principal out by a manual adjustment.' as message
    from of_others
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = of_others.line_id
    group by lines.entity_id, lines.contract_id, lines.line_id, lines.currency
    having sum(of_others.amount) <> 0
)

select * from int_exceptions__agents
