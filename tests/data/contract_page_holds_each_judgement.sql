-- A judgement of a kind of subject that the page does not know would be missing from it without a word.
select
    judgements.subject_type,
    judgements.subject,
    judgements.decision_code
from {{ ref('fct_judgements') }} as judgements
left join {{ ref('rpt_contract_page') }} as page
    on page.part = 'judgement'
    and page.subject = judgements.subject
    and page.item = judgements.decision_code
    and judgements.book in (page.book, '*')
where page.subject is null
