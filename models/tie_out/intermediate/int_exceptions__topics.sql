-- One row per entity and policy topic that applies to it and that nobody elected, or not for the closes made.
with

int_exceptions__topics as (
    select
        'NO_ELECTION' as exception_code,
        -- a close that stands on no decision is worse than one still to come
        case when closes_without_election > 0 then 'block' else 'warn' end as severity,
        entity_id,
        cast(null as varchar) as period_id,
        topic as subject,
        functional_amount as amount,
        functional_currency as currency,
        applies_since as known_at,
        'The topic ' || topic || ' (' || rule || ', ' || description || ') applies to ' || cast(contract_count as varchar)
        || ' contracts and was '
        || case when is_elected then 'elected for later periods only' else 'not elected' end || case book when '*' then '' else ' for ' || book end
        || ': it runs on the recommended choice ' || coalesce(default_choice, '(none)')
        || case when is_applied then '' else ', which changes nothing in this version' end
        || case
            when closes_without_election > 0
                then
                    '; ' || cast(closes_without_election as varchar) || ' closes stand on it, '
                    || first_close_without_election || ' to ' || last_close_without_election
            else ''
        end || '.' as message
    from {{ ref('fct_policy_topics') }}
    where
        not is_elected
        or closes_without_election > 0
)

select * from int_exceptions__topics
