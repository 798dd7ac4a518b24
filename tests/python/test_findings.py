"""What a run found is remembered: control results, and the age of exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from inference_revenue.findings import remember_findings
from inference_revenue.state import create_state
from inference_revenue.summary import Control

MONDAY, TUESDAY, WEDNESDAY = (datetime(2026, 3, day) for day in (2, 3, 4))


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_state(connection)
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_exceptions (exception_id varchar);"
            "create table marts.fct_control_results (control_code varchar, severity"
            " varchar, entity_id varchar, period_id varchar, violation_count bigint,"
            " largest_difference decimal(38,18))"
        )
        yield connection


def run(
    con: duckdb.DuckDBPyConnection, as_of: datetime, *exceptions: str
) -> dict[str, datetime]:
    """A run that finds these exceptions; since when each is known afterwards."""
    con.execute("delete from marts.fct_exceptions")
    for exception in exceptions:
        con.execute("insert into marts.fct_exceptions values (?)", [exception])
    remember_findings(con, f"run of {as_of}", as_of, [])
    return dict(
        con.execute(
            "select exception_id, first_seen_at from state.exceptions_seen"
        ).fetchall()
    )


def test_an_exception_does_not_get_younger(con: duckdb.DuckDBPyConnection) -> None:
    assert run(con, MONDAY, "a") == {"a": MONDAY}
    assert run(con, TUESDAY, "a", "b") == {"a": MONDAY, "b": TUESDAY}
    assert run(con, TUESDAY, "a", "b") == {"a": MONDAY, "b": TUESDAY}


def test_one_that_was_mended_and_comes_back_is_new(
    con: duckdb.DuckDBPyConnection,
) -> None:
    run(con, MONDAY, "a")
    assert run(con, TUESDAY) == {}
    assert run(con, WEDNESDAY, "a") == {"a": WEDNESDAY}


def test_a_look_back_mends_nothing_and_may_find_it_older(
    con: duckdb.DuckDBPyConnection,
) -> None:
    run(con, TUESDAY, "a", "b")
    assert run(con, MONDAY, "a") == {"a": MONDAY, "b": TUESDAY}
    assert run(con, WEDNESDAY, "a", "b") == {"a": MONDAY, "b": TUESDAY}


def test_controls_leave_a_row_when_green_and_each_place_when_not(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute(
        "insert into marts.fct_control_results values"
        " ('chk_a', 'block', null, null, 0, null),"
        " ('chk_a', 'block', 'e1', '2026-01', 0, null),"
        " ('chk_a', 'block', 'e1', '2026-02', 2, 0.5)"
    )
    seals = Control("sealed_periods_unchanged", "block", 1)
    for _ in range(2):  # a run that is judged twice is one run
        remember_findings(con, "r1", MONDAY, [Control("chk_a", "block", 2), seals])
    assert con.execute(
        "select control_code, period_id, violation_count from state.control_results"
        " order by all nulls first"
    ).fetchall() == [
        ("chk_a", None, 0),
        ("chk_a", "2026-02", 2),
        ("sealed_periods_unchanged", None, 1),
    ]
