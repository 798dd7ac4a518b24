"""What the close summary says of the rows that it rests on."""

from datetime import datetime

import pytest

from inference_revenue.seals import Stored
from inference_revenue.state import RunContext
from inference_revenue.summary import Summary, TableRows
from inference_revenue.summary_text import summary_text


def rows(*tables: TableRows) -> Summary:
    """A summary of rows alone."""
    moment = datetime(2026, 2, 1)
    return Summary(
        run=RunContext("run1", moment, "0", "raw"),
        as_of=moment,
        seconds=1.0,
        open_periods=(),
        revenue=(),
        balances=(),
        rows=tables,
        at_stake=(),
        controls=(),
        worklist=None,
        broken_seals=(),
        stored=Stored((), ()),
        missing_marts=(),
        minor_units={},
    )


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ([TableRows("usage_events", 9, 0, 0, 0, 0)], "9 landed, all accepted\n"),
        (
            [
                TableRows("usage_events", 9, 0, 0, 0, 4),
                TableRows("prices", 2, 0, 0, 0, 0),
            ],
            "11 landed, all accepted but 4 that are recorded later than this date\n",
        ),
        (
            [TableRows("usage_events", 9, 0, 0, 0, 9)],
            "9 landed, none recorded by this date: empty books\n",
        ),
    ],
)
def test_rows_that_are_not_known_yet_are_not_accepted(
    tables: list[TableRows], said: str
) -> None:
    assert f"Input rows: {said}" in summary_text(rows(*tables)) + "\n"
