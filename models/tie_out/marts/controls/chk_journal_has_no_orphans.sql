-- One row per book, period and contract with journal lines whose contract or account is not there (I31).
with

chk_journal_has_no_orphans as (
    select
        'chk_journal_has_no_orphans' as control_code,
        lines.book,
        lines.entity_id,
        lines.period_id,
        case when contracts.contract_id is null then 'contract ' || coalesce(lines.contract_id, 'none') else 'account ' || coalesce(lines.account_code, 'none') end as subject,
        cast(0 as decimal(38, 18)) as expected_amount,
        cast(sum(lines.debit_amount) as decimal(38, 18)) as actual_amount
    from {{ ref('fct_journal_lines') }} as lines
    left join {{ ref('dim_contracts') }} as contracts on contracts.contract_id = lines.contract_id
    left join (
        select distinct
            entity_id,
            account_code
        from {{ ref('dim_accounts') }}
    ) as accounts
        on accounts.entity_id = lines.entity_id
        and accounts.account_code = lines.account_code
    where
        -- a manual adjustment may be of no contract
        (contracts.contract_id is null and not (lines.contract_id is null and lines.event_type = 'manual_adjustment'))
        or accounts.account_code is null
    group by
        lines.book,
        lines.entity_id,
        lines.period_id,
        case when contracts.contract_id is null then 'contract ' || coalesce(lines.contract_id, 'none') else 'account ' || coalesce(lines.account_code, 'none') end
)

select * from chk_journal_has_no_orphans
