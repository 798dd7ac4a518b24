-- One row per landed contract row that waits for evidence of an approval.
with

fct_contract_verdicts as (
    select
        'contracts' as table_name,
        contracts.source_system,
        {{ row_key('contracts', 'contracts') }} as row_key,
        'held' as row_state,
        'NO_CONTRACT' as reason_code,
        contracts.recorded_at,
        contracts.input_row,
        {{ row_content('contracts', 'contracts') }} as row_content
    from {{ accepted(ref('stg_contracts')) }} as contracts
    inner join (
        select contract_id
        from {{ ref('int_contracts__gates_by_book') }}
        group by contract_id
        having bool_and(rule_code = 'D1.NO_APPROVAL')
    ) as unapproved on unapproved.contract_id = contracts.contract_id
)

select * from fct_contract_verdicts
