-- Money is decimal: no column of the warehouse is floating point, nor so wide an integer that Parquet makes it so.
select
    table_schema,
    table_name,
    column_name,
    data_type
from information_schema.columns
where
    table_catalog = current_catalog()
    and table_schema not in ('raw', 'information_schema', 'pg_catalog')
    and data_type in ('DOUBLE', 'FLOAT', 'REAL', 'HUGEINT', 'UHUGEINT')
