-- One row per version of a paid lot with an end: its life in periods, and the cohorts it is like (D11).
--
-- What is paid back on demand is used for another reason than time and is no evidence; what moves to another lot is used there.
with

lots as (
    select
        terms.*,
        coalesce(lots.product_id, '') as product_id,
        {{ days_between('cast(terms.effective_at as date)', 'cast(terms.expires_at as date)') }} as term_days
    from {{ ref('fct_credit_lots') }} as terms
    inner join {{ ref('int_breakage__lots') }} as lots on lots.grant_id = terms.grant_id
    where
        terms.expires_at > terms.effective_at
        and not terms.is_refundable
        and not terms.gives_units_away
        and terms.units > terms.refunded_units
),

described as (
    select
        lots.*,
        lots.grant_kind || ' of ' || lots.unit_code || ' for ' || lots.currency || ', '
        || case
            when term_days <= 31 then 'up to a month'
            when term_days <= 92 then 'up to a quarter'
            when term_days <= 184 then 'up to half a year'
            when term_days <= 366 then 'up to a year'
            when term_days <= 731 then 'up to two years'
            else 'longer'
        end as wide_cohort
    from lots
),

int_breakage__histories as (
    select
        described.entity_id,
        described.grant_id,
        described.known_from_ordinal,
        described.known_to_ordinal,
        cast(described.units - described.refunded_units as decimal(38, 9)) as units,
        described.net_consideration as amount,
        described.effective_ordinal as begun_ordinal,
        greatest(described.effective_ordinal, coalesce(ended.period_ordinal, described.effective_ordinal + cast({{ int_div('described.term_days', '28') }} as integer))) as end_ordinal,
        described.wide_cohort,
        described.wide_cohort || '; ' || described.product_id as product_cohort,
        -- sizes of one order of magnitude are alike
        described.wide_cohort || '; ' || described.product_id || '; 10^' || cast(length(cast(cast({{ whole_part('described.units') }} as decimal(38, 0)) as varchar)) - 1 as varchar) || ' units' as size_cohort
    from described
    left join {{ ref('dim_accounting_periods') }} as ended
        on ended.entity_id = described.entity_id
        and ended.start_at < described.expires_at
        and ended.end_at >= described.expires_at
)

select * from int_breakage__histories
