"""Usage files as a pipeline lands them: one for each day or month of recording.

What the gateways metered comes in one file a day, in a small company one a month, its
rows in the order in which they were recorded, all customers mixed. What other systems
recorded (levels, special deals, rows sent by hand) comes in one file a month beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa

from inference_revenue.simulate.tables import Row, write_parquet
from inference_revenue.simulate.timeline import Timeline, microseconds
from inference_revenue.simulate.usage.calls import (
    REPLAYED,
    RETRACTED,
    WITHDRAWAL,
    Calls,
    joined,
)
from inference_revenue.simulate.usage.plan import UsagePlan
from inference_revenue.simulate.usage.rows import call_rows, plain, rows_table

ROWS_A_DAY = 10_000
"""Fewer rows than that are not worth a file for each day."""
MOST_FILES = 600


@dataclass(frozen=True)
class Layout:
    """Where the rows recorded at a moment go."""

    folder: Path
    is_daily: bool

    def gateways(self, day: datetime) -> Path:
        """The file of metered calls recorded on a day, or in its month."""
        return self.folder / f"gateways-{day:{self._form}}.parquet"

    @property
    def _form(self) -> str:
        return "%Y-%m-%d" if self.is_daily else "%Y-%m"

    def others(self, month: datetime) -> Path:
        """The file of all other rows recorded in a month."""
        return self.folder / f"platform-{month:%Y-%m}.parquet"

    def cuts(self, start: datetime, end: datetime) -> list[datetime]:
        """Starts of the files between two instants, and the end."""
        if not self.is_daily:
            return [start, end]
        count = -(-(end - start) // timedelta(days=1))
        return [*(start + timedelta(days=n) for n in range(count)), end]


def choose_layout(folder: Path, timeline: Timeline, events: int) -> Layout:
    """A file a day where that gives files of some size, and not too many."""
    days = (timeline.as_of - datetime.combine(timeline.first_month, time())).days
    is_many = events >= ROWS_A_DAY * days
    return Layout(folder, is_many and days + timeline.months < MOST_FILES)


def deliveries(calls: Calls) -> Calls:
    """Everything that arrives about the calls: they, their replays and withdrawals."""
    again = calls.take(np.flatnonzero(calls.kind == REPLAYED))
    again.recorded = again.echoed
    gone = calls.take(np.flatnonzero(calls.kind == RETRACTED))
    gone.recorded = gone.echoed
    gone.kind = np.full_like(gone.kind, WITHDRAWAL)
    return joined([calls, again, gone])


def split_at(calls: Calls, instant: datetime) -> tuple[Calls, Calls]:
    """What was recorded before an instant, in order, and the rest."""
    ordered = calls.take(np.argsort(calls.recorded, kind="stable"))
    count = int(np.searchsorted(ordered.recorded, microseconds(instant), "left"))
    position = np.arange(len(ordered))
    return ordered.take(position[:count]), ordered.take(position[count:])


def by_file(
    layout: Layout, arrived: Calls, start: datetime, end: datetime
) -> Iterator[tuple[Path, Calls]]:
    """Rows of one stretch of time, already in order, by the file they belong to."""
    cuts = layout.cuts(start, end)
    bounds = np.searchsorted(arrived.recorded, [microseconds(at) for at in cuts])
    for day, low, high in zip(cuts, bounds[:-1], bounds[1:], strict=False):
        if high > low:
            yield layout.gateways(day), arrived.take(np.arange(low, high))


def write_calls(plan: UsagePlan, calls: Calls, path: Path) -> None:
    """Write one file of metered calls."""
    write_parquet(call_rows(plan, calls), path)


def write_others(layout: Layout, rows: Sequence[Row], tables: list[pa.Table]) -> None:
    """Write all other rows by the UTC month in which they were recorded."""
    tables = [*(plain(table) for table in tables), rows_table(rows)]
    table = pa.concat_tables(tables).sort_by("recorded_at")
    recorded: list[datetime] = table["recorded_at"].to_pylist()
    start = 0
    for _, same in groupby(recorded, key=lambda at: (at.year, at.month)):
        count = len(list(same))
        write_parquet(table.slice(start, count), layout.others(recorded[start]))
        start += count
