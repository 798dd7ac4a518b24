-- One row per credit grant ever accepted: its terms as known now, and why it is not drawn, if so.
with

latest as (
    select * from {{ ref('fct_credit_lots') }}
    qualify row_number() over (partition by grant_id order by version_number desc) = 1
),

fct_credit_grants as (
    select
        placed.grant_id,
        coalesce(placed.stated_grant_id, placed.grant_id) as stated_grant_id,
        placed.customer_id,
        placed.contract_id,
        placed.wallet_id,
        placed.line_id,
        placed.entity_id,
        placed.grant_kind,
        placed.treatment,
        placed.unfit_choice,
        placed.purchase_grant_id,
        placed.from_grant_id,
        placed.root_grant_id,
        placed.is_free,
        placed.is_refundable,
        placed.granted_at,
        placed.effective_at,
        coalesce(latest.expires_at, placed.expires_at) as expires_at,
        placed.known_ordinal,
        -- taken back, or never granted because its contract had ended
        case when placed.not_drawn_reason is null then coalesce(latest.known_to_ordinal, 0) else placed.withdrawn_ordinal end < 999999 as is_withdrawn,
        placed.draw_priority,
        placed.not_drawn_reason,
        placed.document_line_id,
        placed.unit_code,
        placed.units,
        cast(coalesce(latest.refunded_units, 0) as decimal(38, 9)) as refunded_units,
        placed.currency,
        placed.consideration
    from {{ ref('int_credit_grants__placed') }} as placed
    left join latest on latest.grant_id = placed.grant_id
)

select * from fct_credit_grants
