-- One row per obligation, set of books, service period and revision: cash of an agreement that is no contract, kept for good (D1 DEPOSIT_RELEASE; ASC 606-10-25-7, IFRS 15.15).
--
-- It goes to what it paid for: the obligations in their order, each up to what passed of it, and
-- what was paid beyond to the first. Where the agreement becomes a contract after all it is taken back there.
with

releases as (
    select * from {{ ref('fct_deposit_releases') }}
),

obligations as (
    select
        releases.book,
        releases.contract_id,
        releases.period_ordinal,
        obligations.obligation_id,
        row_number() over (partition by releases.book, releases.contract_id, releases.period_ordinal order by obligations.obligation_id) as place,
        sum(case when transferred.period_ordinal <= releases.period_ordinal then transferred.amount else 0 end) as transferred
    from releases
    inner join {{ ref('dim_obligations') }} as obligations on obligations.contract_id = releases.contract_id
    left join {{ ref('int_deposits__transferred') }} as transferred
        on transferred.book = releases.book
        and transferred.obligation_id = obligations.obligation_id
    group by releases.book, releases.contract_id, releases.period_ordinal, obligations.obligation_id
),

filled as (
    select
        *,
        sum(transferred) over in_order as transferred_up_to,
        sum(transferred) over (partition by book, contract_id, period_ordinal) as transferred_in_all
    from obligations
    window in_order as (partition by book, contract_id, period_ordinal order by place)
),

shared as (
    select
        releases.book,
        releases.entity_id,
        releases.contract_id,
        releases.period_ordinal,
        releases.gate_ordinal,
        filled.obligation_id,
        least(releases.released_to_date, filled.transferred_up_to)
        - least(releases.released_to_date, filled.transferred_up_to - filled.transferred)
        + case when filled.place = 1 then greatest(0, releases.released_to_date - filled.transferred_in_all) else 0 end as released_to_date
    from releases
    inner join filled
        on filled.book = releases.book
        and filled.contract_id = releases.contract_id
        and filled.period_ordinal = releases.period_ordinal
),

changes as (
    select
        *,
        released_to_date - coalesce(lag(released_to_date) over (partition by book, obligation_id order by period_ordinal), 0) as amount
    from shared
),

int_pattern__deposit_release as (
    select
        book as book_scope,
        entity_id,
        contract_id,
        obligation_id,
        'deposit_release' as component,
        'D1.DEPOSIT_RELEASE' as rule_code,
        period_ordinal as service_ordinal,
        false as is_after_as_of,
        period_ordinal * 10 + {{ family('normal') }} as revision,
        cast(amount as decimal(38, 18)) as amount
    from changes
    where amount <> 0

    union all

    select
        book as book_scope,
        entity_id,
        contract_id,
        obligation_id,
        'deposit_release' as component,
        'D1.DEPOSIT_RELEASE' as rule_code,
        period_ordinal as service_ordinal,
        false as is_after_as_of,
        gate_ordinal * 10 + {{ family('contract') }} as revision,
        cast(-amount as decimal(38, 18)) as amount
    from changes
    where amount <> 0 and gate_ordinal < 999999
)

select * from int_pattern__deposit_release
