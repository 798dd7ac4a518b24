-- One row per line of use: whether its price is a royalty on a licence, to which the exception of the standards applies (D13; ASC 606-10-55-65..65B, IFRS 15.B63..B63B).
--
-- A service that is hosted holds no licence: the customer cannot take it away and run it, so its use is variable consideration.
with

fct_royalty_judgements as (
    select
        '*' as book,
        lines.entity_id,
        'line' as subject_type,
        lines.line_id as subject,
        'D13.ROYALTY' as decision_code,
        case when lines.is_royalty then 'ROYALTY' when lines.product_kind = 'licence' then 'NOT_AVAILABLE' else 'SERVICE' end as outcome,
        case when lines.is_royalty then 'D13.ROYALTY' when lines.product_kind = 'licence' then 'D13.ROYALTY_REFUSED' else 'D13.HOSTED' end as rule_code,
        'product_kind=' || coalesce(lines.product_kind, 'none') as inputs_seen,
        case when lines.product_kind = 'licence' then coalesce('election ' || elections.royalty_exception_election_id, 'default') else 'default' end as basis,
        lines.known_ordinal as as_of_ordinal
    from {{ ref('int_lines__promises') }} as lines
    left join {{ ref('int_lines__elections') }} as elections on elections.line_id = lines.line_id
    where lines.pattern = 'usage_as_rated'
)

select * from fct_royalty_judgements
