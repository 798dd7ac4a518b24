"""What every connection to DuckDB is set to; dbt takes the same from profiles.yml."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

SETTINGS = {
    "TimeZone": "UTC",
    # It shares subplans that only look alike, and loses rows without a word
    # (duckdb/duckdb#24624, #25819; seen in 2.0.0 with a view read twice in a union).
    "disabled_optimizers": "common_subplan",
}


def prepare_session(con: duckdb.DuckDBPyConnection) -> None:
    """Set a connection up as all others are."""
    for name, value in SETTINGS.items():
        con.execute(f"set {name} = '{value}'")
