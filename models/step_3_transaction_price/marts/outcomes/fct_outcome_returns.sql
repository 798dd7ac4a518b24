-- One row per line segment of outcomes, unit, service period and revision in which some were given back after their window: their fee, and what else that knowledge changed in the charge.
--
-- What is given back is a concession (D6, section 3.7), also where lots paid for it: of what the same knowledge changed in draws and
-- charges, its share is one.
with

fct_outcome_returns as (
    select
        line_segment_number,
        service_ordinal,
        unit_code,
        revision,
        cast(-sum(case measure when 'given_back' then amount else 0 end) as decimal(38, 9)) as returned_amount,
        cast(sum(case measure when 'given_back' then -amount else amount end) as decimal(38, 9)) as charged_amount
    from {{ ref('int_outcome_fees') }}
    where measure in ('confirmed', 'given_back')
    group by line_segment_number, service_ordinal, unit_code, revision
)

select * from fct_outcome_returns
where returned_amount <> 0 and charged_amount <> 0
