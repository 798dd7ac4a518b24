-- One row per agreement that names a package or came near another of the same customer: whether it is one contract with it (D1; ASC 606-10-25-9, IFRS 15.17).
--
-- Tested: same customer or related, same entity, near the same time, and an indicator that they
-- were negotiated as one. The first of them known is the anchor, and gives the group its name.
with

compared as (
    select * from {{ ref('int_contracts__neighbours') }}
),

tested as (
    select
        compared.*,
        anchors.group_customer_id <> compared.group_customer_id as is_other_customer,
        anchors.currency <> compared.currency as is_other_currency,
        abs({{ days_between('anchors.approved_at', 'compared.approved_at') }}) as days_apart,
        coalesce(anchors.own_document = compared.own_document, false) as is_one_document,
        greatest(compared.approval_ordinal, anchors.approval_ordinal) as as_of_ordinal,
        count(*) over (partition by compared.entity_id, compared.anchor_id) as member_count
    from compared
    inner join compared as anchors on anchors.contract_id = compared.anchor_id
),

ruled as (
    select
        *,
        case
            when is_other_customer then 'D1.SEPARATE_OTHER_CUSTOMER'
            when is_other_currency then 'D1.SEPARATE_OTHER_CURRENCY'
            when choice = 'separate' then 'D1.SEPARATE_ELECTED'
            when combination_group_id is not null and days_apart > window_days and coalesce(choice, '') <> 'combine' then 'D1.SEPARATE_LATER'
            when choice = 'combine' then 'D1.COMBINE_ELECTED'
            when combination_group_id is not null then 'D1.COMBINE_ONE_PACKAGE'
            when is_one_document then 'D1.COMBINE_TO_ASSESS'
            else 'D1.SEPARATE_NO_INDICATOR'
        end as rule_code
    from tested
    where member_count > 1
),

combined as (
    select
        * replace (case rule_code when 'D1.COMBINE_ELECTED' then greatest(as_of_ordinal, elected_ordinal) else as_of_ordinal end as as_of_ordinal),
        contract_id = anchor_id as is_anchor,
        coalesce(contract_id <> anchor_id and rule_code in ('D1.COMBINE_ELECTED', 'D1.COMBINE_ONE_PACKAGE'), false) as joins_anchor
    from ruled
),

-- The first one is combined since another was.
int_contracts__combinations as (
    select
        contract_id,
        entity_id,
        currency,
        anchor_id,
        joins_anchor or is_anchor and bool_or(joins_anchor) over anchored as is_combined,
        case
            when not is_anchor then rule_code
            when bool_or(joins_anchor) over anchored then 'D1.COMBINE_FIRST'
            else 'D1.SEPARATE_FIRST'
        end as rule_code,
        case
            when not is_anchor then as_of_ordinal
            else coalesce(
                min(case when joins_anchor then as_of_ordinal end) over anchored,
                min(case when not is_anchor then as_of_ordinal end) over anchored
            )
        end as as_of_ordinal,
        'first=' || anchor_id
        || '; days_apart=' || cast(days_apart as varchar) || ' of ' || cast(cast(window_days as integer) as varchar)
        || '; package=' || coalesce(combination_group_id, 'none stated')
        || '; one_document=' || cast(is_one_document as varchar) as inputs_seen,
        election_id
    from combined
    window anchored as (partition by entity_id, anchor_id)
)

select * from int_contracts__combinations
