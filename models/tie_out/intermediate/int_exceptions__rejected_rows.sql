-- One row per input table, reason and currency of landed rows that were rejected or are held.
--
-- The money that such rows state is what is missing from the books until they are mended; amounts
-- given back and taken are not netted.
with

int_exceptions__rejected_rows as (
    select
        'ROWS_' || upper(state) as exception_code,
        'warn' as severity,
        table_name || ': ' || reason_code as subject,
        cast(sum(abs(amount_at_stake)) as decimal(38, 9)) as amount,
        currency,
        min(recorded_at) as known_at,
        cast(count(*) as varchar) || ' rows of ' || table_name || ' are ' || state || '. ' || min(reason) as message
    from {{ ref('fct_rejected_rows') }}
    where
        state in ('rejected', 'held')
        -- what an earlier date does not know yet is no exception to it
        and reason_code <> 'NOT_YET_KNOWN'
    group by state, table_name, reason_code, currency
)

select * from int_exceptions__rejected_rows
