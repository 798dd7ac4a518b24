"""What a run goes on from: the tables of the published file, where they still hold.

A run that goes on starts from a copy of the published file and builds what changed
since. It may where that file says what its inputs said: nobody else wrote into it, same
company, same code, no usage file that was read has changed or gone, and nothing that
was known then is unknown now. Else it starts from an empty file and reads every input.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from inference_revenue.inputs.text import literal, quoted
from inference_revenue.publish import is_as_published, open_file

TABLES = (
    "int_usage_events__keys",
    "int_usage_events__set_aside",
    "int_usage_events__unanswered",
    "int_usage_groups",
)
"""The incremental models, which a test compares with the project's."""

CODE = (
    "dbt_project.yml",
    "profiles.yml",
    "package-lock.yml",
    "models/**/*.sql",
    "models/**/*.yml",
    "models/**/*.py",
    "macros/**/*.sql",
    "seeds/**/*.yml",
)
ENGINES = ("duckdb", "dbt-core", "dbt-adapters", "dbt-duckdb", "pyarrow", "numpy")
"""Packages whose next version may make other tables of the same code."""

WRITTEN_ANEW = ("raw", "state")


def start_file(live: Path, work: Path, project: Path, company: str) -> None:
    """Make the work file a copy of the published one, if a run may go on from it.

    Args:
        live: the published file; it may be absent.
        work: where the run builds; there is no such file.
        project: the dbt project.
        company: whose run this is.
    """
    if not live.exists() or not is_as_published(live):
        return
    try:
        with open_file(live, read_only=True) as con:
            row = con.execute(
                "select company, code_fingerprint from state.run_context"
            ).fetchone()
    except duckdb.Error:  # no such file, or one in use: whoever carries state says so
        return
    if row != (company, code_fingerprint(project)):
        return
    shutil.copyfile(live, work)
    with open_file(work) as con:
        for schema in WRITTEN_ANEW:
            con.execute(f"drop schema {schema} cascade")


def goes_on(con: duckdb.DuckDBPyConnection, live: Path, project: Path) -> bool:
    """Whether the tables that came along hold for this run; else they are dropped.

    Writes which files this run reads to state.input_files, and the fingerprint of the
    code to state.run_context. The inputs are landed already.

    Args:
        con: connection to the work file, as `start_file` left it.
        live: the published file; it may be absent.
        project: the dbt project.
    """
    code = code_fingerprint(project)
    con.execute("update state.run_context set code_fingerprint = ?", [code])
    con.execute(
        "update state.input_files set is_unread = true,"
        " read_as_of = (select as_of from state.run_context)"
    )
    built = _built_schemas(con)
    if not built:
        return False
    con.execute(f"attach {literal(str(live))} as earlier (read_only)")
    try:
        if not _still_holds(con):
            for schema in built:
                con.execute(f"drop schema {quoted(schema)} cascade")
            return False
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
    """One hash over all that turns inputs into tables, but for the seeds."""
    digest = hashlib.sha256()
    for package in ENGINES:
        digest.update(f"{package} {importlib.metadata.version(package)}".encode())
    for name, path in _code(project):
        digest.update(name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _code(project: Path) -> Iterator[tuple[str, Path]]:
    for pattern in CODE:
        for path in sorted(project.glob(pattern)):
            yield path.relative_to(project).as_posix(), path
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        yield path.relative_to(package).as_posix(), path


def _built_schemas(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        "select distinct schema_name from duckdb_schemas()"
        " where database_name = current_catalog() and not internal"
        f" and schema_name not in ({', '.join(literal(s) for s in WRITTEN_ANEW)})"
        " order by schema_name"
    ).fetchall()
    return [str(name) for (name,) in rows if name != "main"]


def _still_holds(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether what the attached file was built from still says the same."""
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
