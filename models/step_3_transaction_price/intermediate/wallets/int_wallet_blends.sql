-- One row per run of a wallet and contract event that adds lots to it at another price than their standalone one: what remains blends from then on (D12 PROSPECTIVE; ASC 606-10-25-13(a), IFRS 15.21(a)).
with

added as (
    select
        changes.contract_event_id,
        changes.contract_id,
        changes.line_id,
        changes.segment_from_at,
        changes.known_from_ordinal,
        changes.known_to_ordinal
    from {{ ref('fct_line_modifications') }} as changes
    inner join {{ ref('dim_obligation_lines') }} as lines
        on lines.line_id = changes.line_id
        and lines.pattern = 'prepaid_units'
    where
        changes.treatment = 'PROSPECTIVE'
        and changes.adds in ('line', 'quantity')
),

-- A lot comes with the event when its line cites it and it was granted by then.
brought as (
    select distinct
        added.contract_event_id,
        lots.contract_id,
        lots.wallet_id,
        lots.unit_code,
        lots.grant_id,
        added.segment_from_at as blended_at,
        added.known_from_ordinal,
        added.known_to_ordinal
    from added
    inner join {{ ref('fct_credit_lots') }} as lots
        on lots.line_id = added.line_id
        and lots.consideration > 0
        and lots.treatment <> 'PRICE_REDUCTION'
        and lots.granted_at <= added.segment_from_at
),

events as (
    select
        contract_event_id,
        contract_id,
        wallet_id,
        unit_code,
        blended_at,
        min(known_from_ordinal) as known_from_ordinal,
        max(known_to_ordinal) as known_to_ordinal
    from brought
    group by contract_event_id, contract_id, wallet_id, unit_code, blended_at
),

int_wallet_blends as (
    select
        runs.run_number,
        events.contract_event_id,
        events.contract_id,
        events.unit_code,
        events.blended_at,
        cast(row_number() over (partition by runs.run_number order by events.blended_at, events.contract_event_id) as integer) as blend_number
    from events
    inner join {{ ref('int_wallet_runs') }} as runs
        on runs.wallet_id = events.wallet_id
        and runs.unit_code = events.unit_code
        and events.known_from_ordinal * 10 + {{ family('modification') }} < runs.next_revision
        and case when events.known_to_ordinal < 999999 then events.known_to_ordinal * 10 + {{ family('modification') }} else 99999999 end >= runs.next_revision
)

select * from int_wallet_blends
