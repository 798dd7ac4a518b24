"""A stand-in dbt project of a few models, for tests of what surrounds the build."""

import shutil
from pathlib import Path

REAL = Path(__file__).parents[2]

CONTRACT = """
version: 2
sources:
  - name: raw
    schema: raw
    tables:
{tables}
"""
TABLE = """
      - name: {name}
        description: "One row per thing."
        config: {{meta: {{kind: log, key: [{key}], required: {need}}}}}
        columns:
"""
COLUMN = """
          - name: {name}
            data_type: {kind}
            description: "A value."
            config: {{meta: {{required: {required}}}}}
"""
COMMON = (
    "source_system varchar*",
    "recorded_at timestamp*",
    "is_retracted boolean",
    "is_test boolean",
    "source_ref varchar",
)
TABLES = {
    "customers always": ("customer_id varchar*",),
    "usage_events optional": (
        "event_id varchar*", "period_id varchar", "quantity integer",
    ),
    "accounting_periods optional": (
        "entity_id varchar*", "period_id varchar*", "state varchar*",
        "knowledge_cutoff_at timestamp",
    ),
}  # fmt: skip

STATE = """
version: 2
sources:
  - name: state
    schema: state
    tables: [{name: input_files}, {name: run_context}, {name: posted_revenue}]
"""
PROJECT = """
name: small
version: "1.0"
config-version: 2
profile: inference_revenue
macro-paths: [macros]
models:
  small:
    +materialized: table
    marts: {+schema: marts}
"""
MODELS = {
    "int_quantities": """
        select event_id, period_id, cast(quantity as decimal(38,9)) as quantity
        from {{ source('raw', 'usage_events') }}
    """,
    "marts/dim_accounting_periods": """
        select entity_id, period_id, state, period_id = '2026-03' as is_flash,
            cast(knowledge_cutoff_at as timestamp) as knowledge_cutoff_at,
            cast(row_number() over (order by period_id) as integer) as period_ordinal,
            true as has_begun
        from {{ source('raw', 'accounting_periods') }}
        where state <> 'reopened'
    """,
    "marts/fct_revenue_recognised": """
        select 'asc606' as book, 'e1' as entity_id, period_id, 'USD' as currency,
            sum(quantity) as current_amount, 0 as catch_up_amount,
            0 as modification_catch_up_amount, sum(quantity) as amount
        from {{ ref('int_quantities') }}
        group by period_id
    """,
    "marts/fct_journal_lines": """
        {{ config(materialized='view') }}
        select book, entity_id, period_id, 'j1' as journal_id, 1 as line_number,
            currency, amount as debit_amount
        from {{ ref('fct_revenue_recognised') }}
    """,
    "marts/fct_contract_balances": """
        select book, entity_id, period_id, currency, kind as balance_kind,
            -amount as opening_amount, amount as closing_amount
        from {{ ref('fct_revenue_recognised') }},
            unnest(['contract_liability', 'receivable']) as kinds(kind)
    """,
    "marts/fct_rejected_rows": """
        select 'usage_events' as table_name, 'rejected' as state, 'ODD' as reason_code,
            'usage_events.csv' as input_file,
            quantity as amount_at_stake, 'USD' as currency
        from {{ ref('int_quantities') }}
        where quantity = 13
    """,
    "marts/fct_control_results": """
        select 'no_negative_usage' as control_code, 'block' as severity,
            null::varchar as entity_id, null::varchar as period_id,
            null::decimal(38,18) as largest_difference,
            count(*) filter (quantity < 0) as violation_count
        from {{ ref('int_quantities') }}
        union all
        select 'no_large_usage', 'warn', null, null, null,
            count(*) filter (quantity > 1000)
        from {{ ref('int_quantities') }}
    """,
}
TESTS = """
version: 2
models:
  - name: int_quantities
    columns:
      - {name: event_id, data_tests: [unique]}
"""


def write_project(folder: Path) -> None:
    """Write the project, with the real profile and schema naming."""
    (folder / "models" / "marts").mkdir(parents=True)
    staging = folder / "models" / "staging" / "small"
    staging.mkdir(parents=True)
    (staging / "_small__sources.yml").write_text(
        CONTRACT.format(tables="".join(_tables()))
    )
    (folder / "models" / "_state.yml").write_text(STATE)
    (folder / "models" / "_tests.yml").write_text(TESTS)
    for name, sql in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(sql)
    (folder / "dbt_project.yml").write_text(PROJECT)
    shutil.copy(REAL / "profiles.yml", folder)
    (folder / "macros").mkdir()
    naming = REAL / "macros" / "engine" / "generate_schema_name.sql"
    shutil.copy(naming, folder / "macros")


def write_inputs(folder: Path, usage: str, *, closed: int = 1) -> Path:
    """A company with three periods, the first of them closed, and that usage.

    Args:
        usage: 'period quantity' pairs, for example '01 5, 02 7'.
    """
    folder.mkdir(exist_ok=True)
    rows = [
        f"e1,2026-0{n},{state},2026-0{n + 1}-05,s,2026-04-01"
        for n in (1, 2, 3)
        for state in ["closed" if n <= closed else "open"]
    ]
    _csv(
        folder / "accounting_periods.csv",
        "entity_id,period_id,state,knowledge_cutoff_at,source_system,recorded_at",
        rows,
    )
    _csv(
        folder / "customers.csv",
        "customer_id,source_system,recorded_at",
        ["c1,s,2026-01-01"],
    )
    pairs = [pair.split() for pair in usage.split(",")]
    _csv(
        folder / "usage_events.csv",
        "event_id,period_id,quantity,source_system,recorded_at",
        [f"u{n},2026-{p},{q},s,2026-04-02" for n, (p, q) in enumerate(pairs)],
    )
    return folder


def _csv(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n")


def _tables() -> list[str]:
    written = []
    for table, columns in TABLES.items():
        name, need = table.split()
        key = columns[0].split()[0]
        written.append(TABLE.format(name=name, key=key, need=need).lstrip("\n"))
        for column in (*columns, *COMMON):
            column_name, kind = column.split()
            required = str(kind.endswith("*")).lower()
            written.append(
                COLUMN.format(
                    name=column_name, kind=kind.rstrip("*"), required=required
                ).lstrip("\n")
            )
    return written
