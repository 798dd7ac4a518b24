"""What a run found that the next one must still know.

The results of the controls become history; an exception keeps the knowledge date at
which it was first found, so that a run again does not make it younger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from inference_revenue.state import insert_row
from inference_revenue.summary import Control

# Green controls leave one row, red and amber ones a row for each place as well.
RESULTS = """
    insert into state.control_results by name
    select ? as run_id, control_code, severity, entity_id, period_id,
        violation_count, largest_difference
    from marts.fct_control_results
    where violation_count > 0 or (entity_id is null and period_id is null)
"""
# An exception that was mended is forgotten: should it come back, it is a new one. A run
# as of an earlier date knows less, and makes nothing look mended.
FORGET = """
    delete from state.exceptions_seen
    where last_seen_at <= ?
        and exception_id not in (select exception_id from marts.fct_exceptions)
"""
SEEN_AGAIN = """
    update state.exceptions_seen
    set first_seen_at = least(first_seen_at, $1),
        last_seen_at = greatest(last_seen_at, $1)
    where exception_id in (select exception_id from marts.fct_exceptions)
"""
SEEN_FIRST = """
    insert into state.exceptions_seen by name
    select exception_id, $1 as first_seen_at, $1 as last_seen_at
    from marts.fct_exceptions
    where exception_id not in (select exception_id from state.exceptions_seen)
"""


def remember_findings(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    as_of: datetime,
    controls: Sequence[Control],
) -> None:
    """Keep the results of the controls and the exceptions of a built file.

    Args:
        con: connection to the work file, built.
        controls: all controls, those that only a run can judge among them.
    """
    marts = {
        name
        for (name,) in con.execute(
            "select table_name from information_schema.tables"
            " where table_catalog = current_catalog() and table_schema = 'marts'"
        ).fetchall()
    }
    if "fct_control_results" in marts:
        con.execute("delete from state.control_results where run_id = ?", [run_id])
        con.execute(RESULTS, [run_id])
        known = {
            code
            for (code,) in con.execute(
                "select control_code from state.control_results where run_id = ?",
                [run_id],
            ).fetchall()
        }
        for control in controls:
            if control.code not in known:
                insert_row(
                    con,
                    "control_results",
                    run_id=run_id,
                    control_code=control.code,
                    severity=control.severity,
                    violation_count=control.violations,
                )
    if "fct_exceptions" in marts:
        for statement in (FORGET, SEEN_AGAIN, SEEN_FIRST):
            con.execute(statement, [as_of])
