-- One row per set of books, outcome line, component, service period and revision: what that knowledge changed in what the policy in force earns.
--
-- Another policy from some close on is a change in estimate: that close takes back what the one before earned and earns
-- the whole anew, so that the difference is caught up there (D17).
with

-- The first policy comes with the line.
policies as (
    select
        *,
        known_from_ordinal * 10 + case
            when row_number() over (partition by line_id, book_scope order by known_from_ordinal) = 1 then {{ family('contract') }}
            else {{ family('estimate') }}
        end as policy_revision,
        known_to_ordinal * 10 + {{ family('estimate') }} as until_revision
    from {{ ref('fct_outcome_policies') }}
),

applied as (
    select
        consideration.*,
        policies.book_scope,
        policies.policy_revision,
        policies.until_revision,
        policies.known_to_ordinal
    from {{ ref('fct_outcome_consideration') }} as consideration
    inner join policies
        on policies.line_id = consideration.line_id
        and policies.policy = consideration.policy
        and policies.until_revision > consideration.revision
),

moves as (
    select * replace (greatest(revision, policy_revision) as revision)
    from applied
    union all
    select * replace (until_revision as revision, -amount as amount)
    from applied
    where known_to_ordinal < 999999
),

fct_outcome_charges as (
    select
        book_scope,
        entity_id,
        contract_id,
        obligation_id,
        line_id,
        segment_from_at,
        component,
        service_ordinal,
        revision,
        cast(sum(amount) as decimal(38, 18)) as amount
    from moves
    group by all
    having sum(amount) <> 0
)

select * from fct_outcome_charges
