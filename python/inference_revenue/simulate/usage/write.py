"""Streams usage events to Parquet, chunk by chunk, and keeps the truth about them."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa

from inference_revenue.simulate.tables import Row, write_parquet
from inference_revenue.simulate.timeline import Timeline, microseconds
from inference_revenue.simulate.usage.calls import (
    NON_BILLABLE,
    PLAIN,
    REPLAYED,
    RETRACTED,
    TEST,
    Calls,
    Window,
    draw_calls,
)
from inference_revenue.simulate.usage.cells import Cells, merge_cells, sum_calls
from inference_revenue.simulate.usage.plan import UsagePlan, calls_per_month
from inference_revenue.simulate.usage.rows import (
    call_rows,
    months_of,
    plain,
    retraction_rows,
    rows_of,
    rows_table,
)
from inference_revenue.simulate.usage.shapes import DAY, MINUTE, Ints, minute_weights

CHUNK = 400_000
"""Calls drawn and written at a time."""
WORKERS = 2
CONFLICTS_PER_MONTH = 2
_SUBJECT = 9


@dataclass(frozen=True)
class UsageTruth:
    """What the written events add up to."""

    plan: UsagePlan
    cells: Cells
    rows_of_contract: Ints
    """First deliveries of each contract's calls, three rows a call, tests left out."""
    counts: Counter[str]
    """Rows by peculiarity, and `rows` in all."""

    def rows_without_approval(self) -> int:
        """Rows that are good in themselves and belong to no approved agreement."""
        pairs = zip(self.plan.contracts, self.rows_of_contract, strict=True)
        return sum(int(rows) for c, rows in pairs if c.approval.known_at is None)


@dataclass(frozen=True)
class _Chunk:
    cells: Cells
    later: dict[int, list[pa.Table]]
    """Rows recorded after the chunk's month, by month."""
    rows_of_contract: Ints
    counts: Counter[str]


def write_usage_events(
    folder: Path,
    plan: UsagePlan,
    *,
    events: int,
    seed: int,
    more_rows: Sequence[Row] = (),
) -> UsageTruth:
    """Write usage_events/part-*.parquet with about ``events`` rows; return the truth.

    Each file holds rows recorded in one UTC month, the last of a month those whose use
    lies in earlier months, replays, retractions and ``more_rows``. The chunks are
    independent streams of random numbers, so neither the number of workers nor the
    order in which they finish changes a byte.
    """
    target = folder / "usage_events"
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("part-*.parquet"):
        old.unlink()
    parts: list[Cells] = []
    later: dict[int, list[pa.Table]] = {}
    counts: Counter[str] = Counter()
    per_contract = np.zeros(len(plan.contracts), dtype=np.int64)
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: list[Future[_Chunk]] = []
        jobs = _jobs(target, plan, events, seed)
        for job in jobs:
            waiting.append(pool.submit(_write_chunk, plan, *job))
            if len(waiting) > WORKERS:
                _add(waiting.pop(0).result(), parts, later, counts, per_contract)
            if len(parts) > 64:
                parts = [merge_cells(plan, parts)]
        for future in waiting:
            _add(future.result(), parts, later, counts, per_contract)
    starts = _utc_months(plan.timeline)
    for month, rows in _by_month(more_rows, starts).items():
        later.setdefault(month, []).append(rows_table(rows))
    counts["rows"] += len(more_rows)
    for month, tables in sorted(item for item in later.items() if item[1]):
        name = f"part-{starts[month]:%Y-%m}-later.parquet"
        table = pa.concat_tables([plain(table) for table in tables])
        write_parquet(table.sort_by("recorded_at"), target / name)
    return UsageTruth(plan, merge_cells(plan, parts), per_contract, counts)


def _add(
    chunk: _Chunk,
    parts: list[Cells],
    later: dict[int, list[pa.Table]],
    counts: Counter[str],
    per_contract: Ints,
) -> None:
    parts.append(chunk.cells)
    counts.update(chunk.counts)
    per_contract += chunk.rows_of_contract
    for month, tables in chunk.later.items():
        later.setdefault(month, []).extend(tables)


def _utc_months(timeline: Timeline) -> list[datetime]:
    return [
        datetime.combine(timeline.month(index), time())
        for index in range(timeline.months + 1)
    ]


def _by_month(
    rows: Sequence[Row], month_starts: Sequence[datetime]
) -> dict[int, list[Row]]:
    """Rows by the UTC month in which they were recorded; Berlin's year starts early."""
    by_month: dict[int, list[Row]] = {}
    for row in rows:
        recorded_at = cast(datetime, row["recorded_at"])
        month = max(0, bisect_right(month_starts, recorded_at) - 1)
        by_month.setdefault(month, []).append(row)
    return by_month


_Job = tuple[Path, Window, int, int, np.random.SeedSequence]


def _jobs(target: Path, plan: UsagePlan, events: int, seed: int) -> Iterator[_Job]:
    """One job per chunk: file, window, calls, number of the first call, seed."""
    months = _utc_months(plan.timeline)
    first = 1
    for month, count in enumerate(calls_per_month(events, plan.timeline.months)):
        start, end = microseconds(months[month]), microseconds(months[month + 1])
        root = np.random.SeedSequence([seed, _SUBJECT, month])
        contracts = plan.cumulative_weights(start, end)
        if contracts is None:
            continue
        minutes = minute_weights(
            date.weekday(months[month]),
            (end - start) // MINUTE,
            np.random.default_rng(root),
        )
        window = Window(month, start, end, contracts, minutes)
        chunks = max(1, -(-count // CHUNK))
        seeds = root.spawn(chunks)
        for chunk in range(chunks):
            calls = count * (chunk + 1) // chunks - count * chunk // chunks
            name = f"part-{months[month]:%Y-%m}-{chunk:03d}.parquet"
            yield target / name, window, calls, first, seeds[chunk]
            first += calls


def _write_chunk(
    plan: UsagePlan,
    path: Path,
    window: Window,
    count: int,
    first: int,
    seed: np.random.SeedSequence,
) -> _Chunk:
    calls = draw_calls(plan, window, count, first, np.random.default_rng(seed))
    months = _utc_months(plan.timeline)
    recorded = months_of(calls.recorded, months)
    echoed = months_of(calls.echoed, months)
    write_parquet(call_rows(plan, rows_of(calls, recorded == window.month)), path)
    later: dict[int, list[pa.Table]] = {}
    for month in range(window.month, plan.timeline.months + 1):
        late = rows_of(calls, (recorded == month) & (month > window.month))
        again = rows_of(calls, (calls.kind == REPLAYED) & (echoed == month))
        again = replace(again, recorded=again.echoed)
        gone = rows_of(calls, (calls.kind == RETRACTED) & (echoed == month))
        tables = [call_rows(plan, late), call_rows(plan, again)]
        tables.append(retraction_rows(plan, gone))
        later[month] = [table for table in tables if table.num_rows]
    counts = _counts(calls)
    if path.stem.endswith("-000"):
        conflicts = _conflicts(plan, calls)
        later[window.month].append(conflicts)
        counts["conflicting_replay"] = conflicts.num_rows
        counts["rows"] += conflicts.num_rows
    counted = calls.contract[calls.kind != TEST]
    per_contract = np.bincount(counted, minlength=len(plan.contracts)) * 3
    return _Chunk(sum_calls(plan, calls), later, per_contract, counts)


def _conflicts(plan: UsagePlan, calls: Calls) -> pa.Table:
    """Output rows of the month's first plain calls, sent again later with more."""
    index = np.flatnonzero(calls.kind == PLAIN)[:CONFLICTS_PER_MONTH]
    again = calls.take(index)
    again = replace(
        again, output=again.output + 17, recorded=again.recorded + DAY // 24
    )
    return call_rows(plan, again).take(np.arange(len(index)) * 3 + 2)


def _counts(calls: Calls) -> Counter[str]:
    by_kind = np.bincount(calls.kind, minlength=RETRACTED + 1) * 3
    same = (calls.kind == REPLAYED) & (calls.echoed == calls.recorded)
    delay = calls.recorded - calls.occurred
    return Counter(
        {
            "rows": 3 * len(calls.kind) + int(by_kind[REPLAYED] + by_kind[RETRACTED]),
            "test": int(by_kind[TEST]),
            "non_billable": int(by_kind[NON_BILLABLE]),
            "identical_replay": int(by_kind[REPLAYED]),
            "identical_replay_of_same_delivery": 3 * int(same.sum()),
            "retracted": int(by_kind[RETRACTED]),
            "retraction": int(by_kind[RETRACTED]),
            "recorded_after_a_day": 3 * int((delay >= DAY).sum()),
        }
    )
