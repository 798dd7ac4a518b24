-- One row per book, contract and statement or figure: all that the books hold on a contract, in the order of the five steps.
--
-- A view: filter it by contract and it reads that contract only.
with

statements as (
    select
        *,
        cast(null as decimal(38, 18)) as amount
    from {{ ref('int_contract_page__agreement') }}
    union all
    select * from {{ ref('int_contract_page__figures') }}
),

rpt_contract_page as (
    select
        book,
        contract_id,
        cast(case
            when part = 'parties and term' then 1
            when part = 'performance obligation' then 2
            when part = 'transaction price' then 3
            when part = 'allocation' then 4
            when part in ('schedule as known now', 'revenue posted') then 5
            when part in ('balance', 'journal') then 7
            -- each decision beside the step that it belongs to; changes of terms on their own
            when item = 'D1' or item like 'D1.%' then 1
            when item in ('D2', 'D3', 'D9', 'D13', 'D14') then 2
            when item in ('D4', 'D6', 'D15', 'D16') then 3
            when item = 'D10' then 4
            when item = 'D12' then 6
            else 5
        end as integer) as section_number,
        part,
        subject,
        period_id,
        item,
        note,
        currency,
        amount
    from statements
)

select * from rpt_contract_page
