-- One row per book and outcome line whose policy differs from that of most lines with the same product, window and currency of its entity, with what it earned to date and would have (D17).
with

terms as (
    select
        case policies.book_scope when 'both' then '*' else policies.book_scope end as book,
        policies.line_id,
        policies.entity_id,
        policies.policy,
        policies.book_scope,
        stated.product_id || ' ' || coalesce(cast(stated.outcome_window_hours as varchar), 'open') || ' ' || lines.currency as kind
    from {{ ref('fct_outcome_policies') }} as policies
    inner join {{ ref('dim_obligation_lines') }} as lines on lines.line_id = policies.line_id
    inner join {{ accepted(ref('stg_contract_lines')) }} as stated
        on stated.line_id = policies.line_id
        and stated.modified_by_event_id is null
        and stated.known_until_at is null
    where policies.known_to_ordinal = 999999
),

-- What is judged alike counts in each book.
by_book as (
    select
        books.book,
        terms.entity_id,
        terms.kind,
        terms.policy,
        count(*) as line_count
    from terms
    inner join {{ ref('books') }} as books on books.book_scope = terms.book_scope
    group by books.book, terms.entity_id, terms.kind, terms.policy
),

usual as (
    select
        book,
        entity_id,
        kind,
        policy
    from by_book
    qualify row_number() over (partition by book, entity_id, kind order by line_count desc, policy asc) = 1
),

effects as (
    select * from {{ ref('fct_outcome_policy_effects') }}
    qualify row_number() over (partition by book_scope, line_id order by period_ordinal desc) = 1
),

chk_outcome_policies_agree as (
    select
        'chk_outcome_policies_agree' as control_code,
        terms.book,
        terms.entity_id,
        cast(null as varchar) as period_id,
        terms.line_id as subject,
        cast(coalesce(case usual.policy when 'reserve' then effects.reserve_to_date else effects.conservative_to_date end, 0) as decimal(38, 18)) as expected_amount,
        cast(coalesce(case terms.policy when 'reserve' then effects.reserve_to_date else effects.conservative_to_date end, 0) as decimal(38, 18)) as actual_amount
    from terms
    inner join usual
        on usual.book = case terms.book when '*' then 'asc606' else terms.book end
        and usual.entity_id = terms.entity_id
        and usual.kind = terms.kind
        and usual.policy <> terms.policy
    left join effects
        on effects.line_id = terms.line_id
        and effects.book_scope = terms.book_scope
)

select * from chk_outcome_policies_agree
