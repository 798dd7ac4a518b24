"""A log of tickets billed by resolution: what becomes of it, and the report of it."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from inference_revenue.bench.made_tables import GIB, Built
from inference_revenue.bench.measurement import BuildCost
from inference_revenue.bench.tickets import Close, tickets_report, write_tickets
from inference_revenue.errors import UserError

# One ticket for each thing that may happen: (ticket, order, state, when, location)
LOG = """
    ('plain', 1, 'New', '2020-03-01 08:00', 'x'),
    ('plain', 2, 'Resolved', '2020-03-02 08:00', 'x'),
    ('plain', 3, 'Resolved', '2020-03-02 09:00', 'x'),
    ('plain', 4, 'Closed', '2020-03-07 08:00', 'x'),
    ('reopened', 1, 'Resolved', '2020-03-30 08:00', 'x'),
    ('reopened', 2, 'Active', '2020-04-02 08:00', 'y'),
    ('reopened', 3, 'Awaiting User Info', '2020-04-03 08:00', 'y'),
    ('reopened', 4, 'Resolved', '2020-04-04 08:00', 'y'),
    ('reopened', 5, 'Closed', '2020-04-09 08:00', 'y'),
    ('after its window', 1, 'Resolved', '2020-03-10 08:00', 'x'),
    ('after its window', 2, 'Closed', '2020-03-15 08:00', 'x'),
    ('after its window', 3, 'Active', '2020-03-17 08:00', 'x'),
    ('after its window', 4, 'Resolved', '2020-03-18 08:00', 'x'),
    ('back in time', 1, 'New', '2020-03-05 08:00', null),
    ('back in time', 2, 'Resolved', '2020-03-04 08:00', null),
    ('never resolved', 1, 'New', '2020-03-05 08:00', 'x'),
    ('never resolved', 2, 'Closed', '2020-03-06 08:00', 'x'),
    ('never resolved', 3, 'Active', '2020-03-07 08:00', 'x')
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company of the log above."""
    folder = tmp_path_factory.mktemp("tickets")
    duckdb.execute(
        "copy (select incident_id, event_seq, state, updated_at::timestamp as"
        " updated_at, location_id, 'desk' as assignment_group_id, 9 as closed_code"
        f" from (values {LOG}) as log"
        " (incident_id, event_seq, state, updated_at, location_id))"
        f" to '{folder / 'log.parquet'}'"
    )
    write_tickets(folder / "company", folder / "log.parquet")
    return folder / "company"


def rows(company: Path, table: str, columns: str) -> list[tuple[Any, ...]]:
    query = f"select {columns} from '{company / table}.parquet' order by all"
    return duckdb.execute(query).fetchall()


def test_a_resolution_is_an_outcome_and_a_reopening_within_a_week_takes_it_back(
    company: Path,
) -> None:
    columns = "outcome_id, state, strftime(occurred_at, '%m-%d'), line_id"
    assert rows(company, "outcome_events", columns) == [
        ("after its window.1", "provisional", "03-10", "x tickets"),
        ("after its window.2", "provisional", "03-18", "x tickets"),
        ("back in time.1", "provisional", "03-05", "unknown tickets"),
        ("plain.1", "provisional", "03-02", "x tickets"),
        ("reopened.1", "provisional", "03-30", "x tickets"),
        # on the line of the resolution, wherever the ticket is by then
        ("reopened.1", "reversed", "04-02", "x tickets"),
        ("reopened.2", "provisional", "04-04", "y tickets"),
    ]


def test_an_event_is_known_when_it_happened_and_each_month_closes_at_its_end(
    company: Path,
) -> None:
    columns = "occurred_at = recorded_at, agent_ref"
    assert set(rows(company, "outcome_events", columns)) == {(True, "desk")}
    columns = "period_id, state, strftime(knowledge_cutoff_at, '%Y-%m-%d')"
    assert rows(company, "accounting_periods", columns) == [
        ("2020-03", "closed", "2020-04-01"),
        ("2020-04", "open", None),
    ]
    # the last window is over when the last row is known: 4 April and 8 days
    assert rows(company, "accounting_periods", "max(recorded_at)") == [
        (datetime(2020, 4, 12, 8),)
    ]


def test_customers_are_locations_and_the_reserve_is_elected(company: Path) -> None:
    assert rows(company, "customers", "customer_id") == [("unknown",), ("x",), ("y",)]
    assert rows(company, "policy_elections", "topic, choice, value") == [
        ("constraint_history_months", None, 1),
        ("outcome_policy", "reserve", None),
    ]


def test_a_log_that_is_not_there_or_lacks_a_column_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a file"):
        write_tickets(tmp_path / "company", tmp_path / "none.parquet")
    duckdb.execute(f"copy (select 1 as state) to '{tmp_path / 'log.parquet'}'")
    with pytest.raises(UserError, match="lacks the column assignment_group_id"):
        write_tickets(tmp_path / "company", tmp_path / "log.parquet")


def test_the_report_compares_both_reserves_with_what_came() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    cost = BuildCost(moment, 10.0, 100.0, 150.0, 3 * GIB, "amber")

    def amounts(*texts: str) -> list[Decimal]:
        return [Decimal(text) for text in texts]

    first = Close(
        "2020-02", 10, Decimal("9.90"), None, None, *amounts("0", "1", "0", "9")
    )
    second = Close("2020-03", 100, *amounts("99", "6", "9.5", "6", "5", "800", "890"))
    last = Close("2020-04", 0, *amounts("0", "0", "0", "0", "0", "950", "950"))
    report = tickets_report(Built(0, cost, ()), [first, second, last])
    lines = [" ".join(line.split()) for line in report.splitlines()]
    assert "2020-02 10 - - 0.00 1.00 - - 0.00 -" in lines
    assert "2020-03 100 6.00 9.50 6.00 5.00 1.00 4.50 800.00 890.00" in lines
    assert "errors without sign: 1.00 by age, 4.50 at the flat rate" in lines
    assert any("as in the log" in line and "agree: 950.00" in line for line in lines)
    apart = Close("2020-04", 1, *amounts("0", "0", "0", "0", "0", "950", "949"))
    said = tickets_report(Built(0, cost, ()), [second, apart])
    assert "NOT as in the log" in said
    assert "differ by -1.00" in said
