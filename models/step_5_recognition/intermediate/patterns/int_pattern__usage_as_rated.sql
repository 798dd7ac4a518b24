-- One row per obligation, set of books, service period and revision: rated usage of a contract (D4 INVOICE_RIGHT; ASC 606-10-55-18, IFRS 15.B16).
--
-- Measure: what knowledge changed in the rated amount. Unit value: 1 since the close at which
-- the agreement counts as a contract, so use before that is caught up there, and 0 again since
-- the close, if any, that found it to be none, or lost it for the use from some time on.
with

rated as (
    select
        line_id,
        obligation_id,
        contract_id,
        entity_id,
        stretch_from_at,
        service_ordinal,
        revision,
        amount - given_back_amount as amount,
        false as is_given_back,
        'D4.INVOICE_RIGHT' as rule_code
    from {{ ref('fct_rated_usage') }}
    where line_id not in (select line_id from {{ ref('dim_obligation_lines') }} where component = 'licence')

    union all by name

    -- what lots paid for it is drawn no more
    select
        * exclude (charged_amount, given_back_amount) replace (given_back_amount as amount),
        true as is_given_back,
        'D4.INVOICE_RIGHT' as rule_code
    from {{ ref('fct_rated_usage') }}
    where given_back_amount <> 0

    union all by name

    select
        *,
        false as is_given_back,
        'D13.ROYALTY' as rule_code
    from {{ ref('int_royalties') }}
),

earned as (
    select
        gates.book_scope,
        case when lines.pattern = 'outcomes' then 'D17.OUTCOME' else rated.rule_code end as rule_code,
        rated.entity_id,
        rated.contract_id,
        rated.obligation_id,
        case when rated.is_given_back then 'concession' when lines.third_party_share > 0 then 'agency' else lines.component end as component,
        rated.service_ordinal,
        gates.until_ordinal,
        greatest(rated.revision, gates.gate_ordinal * 10 + {{ family('contract') }}) as revision,
        rated.amount
    from rated
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = rated.line_id
    inner join {{ ref('fct_contract_windows') }} as gates
        on gates.contract_id = rated.contract_id
        and gates.from_at = rated.stretch_from_at
        and gates.until_ordinal * 10 > greatest(rated.revision, gates.gate_ordinal * 10 + {{ family('contract') }})
        and gates.gate_ordinal is not null
),

int_pattern__usage_as_rated as (
    {{ earned_until_lost('earned') }}
)

select * from int_pattern__usage_as_rated
