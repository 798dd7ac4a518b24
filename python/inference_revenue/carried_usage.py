"""Usage evidence of the published file, so that a run reads only new files.

The tables below grow by what arrives. A run goes on from them where they still say what
the input files say: same company, same code, no file that was read has changed or gone,
and nothing that was known then is unknown now. Else every file is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from inference_revenue.inputs.text import literal, quoted

SCHEMA = "intermediate"
TABLES = (
    "int_usage_events__keys",
    "int_usage_events__set_aside",
    "int_usage_events__unanswered",
    "int_usage_groups",
)
"""The incremental models, which a test compares with the project's."""

CODE = ("dbt_project.yml", "models/**/*.sql", "models/**/*.yml", "macros/**/*.sql")


def carry_usage(
    con: duckdb.DuckDBPyConnection, live: Path, project: Path, *, carry: bool = True
) -> bool:
    """Copy the usage evidence of the live file where it still holds.

    Writes which files this run reads to state.input_files, and the fingerprint of the
    code to state.run_context. The inputs are landed already.

    Args:
        con: connection to the work file.
        live: the published file; it may be absent.
        project: the dbt project.
        carry: False reads every file.

    Returns:
        True if evidence was copied; else the run reads every usage file.
    """
    code = code_fingerprint(project)
    con.execute("update state.run_context set code_fingerprint = ?", [code])
    con.execute(
        "update state.input_files set is_unread = true,"
        " read_as_of = (select as_of from state.run_context)"
    )
    if not carry or not live.exists():
        return False
    con.execute(f"attach {literal(str(live))} as earlier (read_only)")
    try:
        if not _goes_on(con):
            return False
        con.execute(f"create schema if not exists {SCHEMA}")
        for table in TABLES:
            name = f"{SCHEMA}.{quoted(table)}"
            con.execute(f"create table {name} as select * from earlier.{name}")
        con.execute(
            "update state.input_files"
            " set is_unread = false, read_as_of = read.read_as_of"
            " from earlier.state.input_files as read"
            " where read.file_id = input_files.file_id and not input_files.is_new"
        )
        return True
    finally:
        con.execute("detach earlier")


def code_fingerprint(project: Path) -> str:
    """One hash over the code that turns files into evidence."""
    digest = hashlib.sha256()
    for path in _code(project):
        digest.update(path.relative_to(project).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _code(project: Path) -> Iterator[Path]:
    for pattern in CODE:
        yield from sorted(project.glob(pattern))


def _goes_on(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the evidence of the attached file holds for this run."""
    if not _holds_evidence(con):
        return False
    context = con.execute(
        "select now.company = earlier.company"
        " and now.code_fingerprint = earlier.code_fingerprint"
        " and now.as_of >= earlier.as_of"
        " from state.run_context as now, earlier.state.run_context as earlier"
    ).fetchone()
    if not context or not context[0]:
        return False
    lost = con.execute(
        "select count(*) from earlier.state.input_files as read"
        " left join state.input_files as now on now.file_id = read.file_id"
        " and not now.is_new"
        " where read.table_name = 'usage_events' and now.file_id is null"
    ).fetchone()
    return bool(lost and lost[0] == 0)


def _holds_evidence(con: duckdb.DuckDBPyConnection) -> bool:
    found = con.execute(
        "select count(*) from information_schema.columns"
        " where table_catalog = 'earlier' and ("
        " (table_schema = 'state' and table_name = 'run_context'"
        " and column_name = 'code_fingerprint')"
        " or (table_schema = 'state' and table_name = 'input_files'"
        " and column_name = 'read_as_of'))"
    ).fetchone()
    tables = con.execute(
        "select count(*) from information_schema.tables where table_catalog = 'earlier'"
        f" and table_schema = '{SCHEMA}'"
        f" and table_name in ({', '.join(literal(name) for name in TABLES)})"
    ).fetchone()
    return bool(found and found[0] == 2 and tables and tables[0] == len(TABLES))
