-- One contract on one page: the five steps, its changes, its balances and its journal.
--
-- Put the book and the contract here. Prices and allocations say as of which close; take the latest.
with

contract as (
    select
        'asc606' as book,
        'a-contract' as contract_id
)

select
    page.section_number,
    page.part,
    page.period_id,
    page.subject,
    page.item,
    page.amount,
    page.currency,
    page.note
from {{ ref('rpt_contract_page') }} as page
inner join contract
    on contract.book = page.book
    and contract.contract_id = page.contract_id
order by page.section_number, page.part, page.period_id, page.subject, page.item
