"""What a build reads from outside: the landed tables, the state and the seeds.

Each source has a digest, noted in state.sources_read. What the next run finds with
another digest has changed; all else in its build follows from that. A landed table has
a form as well, its types and whether it is a view on Parquet, of which staging is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import duckdb

from inference_revenue.contract import Table
from inference_revenue.first_loads import recorded_moment
from inference_revenue.inputs.text import literal, quoted
from inference_revenue.state import insert_rows
from inference_revenue.state_tables import TABLES
from inference_revenue.table_digest import table_digest

LANDED = "source.raw."
STATE = "source.state."
SEED = "seed."

OF_LANDING = frozenset(f"{STATE}{name}" for name in (
    "run_context", "input_files", "row_pins",
))  # fmt: skip
"""What staging reads of its own table only, and so is part of that table's digest."""

DIFFER_BY_RUN = {
    "run_context": (
        "run_id", "started_at", "project_version", "raw_folder", "code_fingerprint",
    ),
    "input_files": ("is_new", "modified_ns", "hashed_at"),
}  # fmt: skip
"""Columns that no table may read, a test says: views show them."""


def plain_id(unique_id: str) -> str:
    """The id of a node in dbt, without the project's name: alike in any project."""
    kind, _, name = unique_id.split(".", 2)
    return f"{kind}.{name}"


def note_sources(
    con: duckdb.DuckDBPyConnection, project: Path, contract: Mapping[str, Table]
) -> None:
    """Write state.sources_read for this run, whose inputs are landed."""
    con.execute("delete from state.sources_read")
    forms = {f"{LANDED}{name}": _form(con, name) for name in contract}
    digests = {
        **{f"{LANDED}{name}": _landed(con, name) for name in contract},
        **{
            f"{STATE}{name}": table_digest(
                con, f"state.{quoted(name)}", without=DIFFER_BY_RUN.get(name, ())
            )
            for name in TABLES
        },
        **{
            f"{SEED}{path.stem}": _of_file(path)
            for path in sorted((project / "seeds").rglob("*.csv"))
        },
    }
    insert_rows(
        con,
        "sources_read",
        [
            {"source": name, "form": forms.get(name), "digest": digest}
            for name, digest in digests.items()
        ],
    )


def changed_sources(con: duckdb.DuckDBPyConnection, live: Path) -> frozenset[str]:
    """The sources that are not as the build of the published file read them."""
    con.execute(f"attach {literal(str(live))} as earlier (read_only)")
    try:
        rows = con.execute(
            "select now.source from state.sources_read as now"
            " left join earlier.state.sources_read as earlier using (source)"
            " where now.digest is distinct from earlier.digest"
        ).fetchall()
    finally:
        con.execute("detach earlier")
    return frozenset(str(source) for (source,) in rows)


def forms_read(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The form of each landed table of this run."""
    rows = con.execute(
        "select source, form from state.sources_read where form is not null"
    ).fetchall()
    return {str(source): str(form) for source, form in rows}


def _landed(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """The digest of a landed table: its files, and how many of its rows are known.

    Knowledge only grows, so the same number of known rows are the same rows. Usage
    events are judged in step 0, which reads the knowledge date itself.
    """
    said: list[object] = [_form(con, name)]
    said += con.execute(
        "select file_id, content_hash, after_row, row_count, first_loaded_at,"
        " late_until_at from state.input_files where table_name = ? order by all",
        [name],
    ).fetchall()
    said.append(
        table_digest(con, f"(from state.row_pins where table_name = {literal(name)})")
    )
    known = [
        f"from state.row_pins where table_name = {literal(name)} and known_at",
        f"from state.input_files where table_name = {literal(name)}"
        " and first_loaded_at",
    ]
    if name != "usage_events":
        known.append(f"from raw.{quoted(name)} where {recorded_moment(con, name)}")
    said += [
        con.execute(
            f"select count(*) {moments} <= (select as_of from state.run_context)"
        ).fetchall()
        for moments in known
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _form(con: duckdb.DuckDBPyConnection, name: str) -> str:
    found = con.execute(
        "select table_type from information_schema.tables where table_catalog ="
        " current_catalog() and table_schema = 'raw' and table_name = ?",
        [name],
    ).fetchall()
    return repr((found, con.execute(f"describe raw.{quoted(name)}").fetchall()))


def _of_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
