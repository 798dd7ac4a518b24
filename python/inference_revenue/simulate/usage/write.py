"""Streams usage events to Parquet month by month, and keeps the truth about them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import pyarrow as pa

from inference_revenue.simulate.tables import Row
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
    joined,
)
from inference_revenue.simulate.usage.cells import Cells, merge_cells, sum_calls
from inference_revenue.simulate.usage.files import (
    Layout,
    by_file,
    choose_layout,
    deliveries,
    split_at,
    write_calls,
    write_others,
)
from inference_revenue.simulate.usage.plan import UsagePlan, calls_per_month
from inference_revenue.simulate.usage.rows import call_rows
from inference_revenue.simulate.usage.shapes import DAY, MINUTE, Ints, minute_weights

CHUNK = 400_000
"""Calls drawn at a time."""
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
    """Calls of a month, drawn and summed up."""

    arriving: Calls
    cells: Cells
    rows_of_contract: Ints
    counts: Counter[str]
    conflicts: pa.Table | None


def write_usage_events(
    folder: Path,
    plan: UsagePlan,
    *,
    events: int,
    seed: int,
    more_rows: Sequence[Row] = (),
) -> UsageTruth:
    """Write usage_events/*.parquet with about ``events`` rows; return the truth.

    A month of use is drawn at a time; what of it is recorded later waits for its file.
    The chunks are independent streams of random numbers, so neither the number of
    workers nor the order in which they finish changes a byte.
    """
    target = folder / "usage_events"
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.parquet"):
        old.unlink()
    layout = choose_layout(target, plan.timeline, events)
    months = [_first_moment(plan.timeline, m) for m in range(plan.timeline.months + 2)]
    parts: list[Cells] = []
    counts: Counter[str] = Counter()
    conflicts: list[pa.Table] = []
    per_contract = np.zeros(len(plan.contracts), dtype=np.int64)
    waiting: list[Calls] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = _jobs(plan, events, seed)
        ahead = [pool.submit(_draw, plan, *job) for job in next(jobs)]
        for month in range(plan.timeline.months):
            drawn = [future.result() for future in ahead]
            ahead = [pool.submit(_draw, plan, *job) for job in next(jobs, [])]
            for chunk in drawn:
                parts.append(chunk.cells)
                counts.update(chunk.counts)
                per_contract += chunk.rows_of_contract
                if chunk.conflicts is not None:
                    conflicts.append(chunk.conflicts)
            parts = [merge_cells(plan, parts)] if parts else []
            arriving = [chunk.arriving for chunk in drawn]
            waiting = _write_month(
                pool, plan, layout, [*waiting, *arriving], months[month : month + 2]
            )
        _write_month(pool, plan, layout, waiting, months[-2:])
    counts["rows"] += len(more_rows)
    write_others(layout, more_rows, conflicts)
    return UsageTruth(plan, merge_cells(plan, parts), per_contract, counts)


def _write_month(
    pool: ThreadPoolExecutor,
    plan: UsagePlan,
    layout: Layout,
    arriving: list[Calls],
    window: Sequence[datetime],
) -> list[Calls]:
    """Write the files of what was recorded in a month; what waits for the next."""
    if not arriving:
        return []
    start, end = window
    arrived, later = split_at(joined(arriving), end)
    writing: list[Future[None]] = []
    for path, calls in by_file(layout, arrived, start, end):
        writing.append(pool.submit(write_calls, plan, calls, path))
        if len(writing) > WORKERS:
            writing.pop(0).result()
    for future in writing:
        future.result()
    return [later]


def _first_moment(timeline: Timeline, month: int) -> datetime:
    """Start of a month, UTC."""
    return datetime.combine(timeline.month(month), time())


_Job = tuple[Window, int, int, int, np.random.SeedSequence]


def _jobs(plan: UsagePlan, events: int, seed: int) -> Iterator[list[_Job]]:
    """The chunks of each month: window, its number, calls, first call, seed."""
    timeline = plan.timeline
    first = 1
    for month, count in enumerate(calls_per_month(events, timeline.months)):
        start = microseconds(_first_moment(timeline, month))
        end = microseconds(_first_moment(timeline, month + 1))
        root = np.random.SeedSequence([seed, _SUBJECT, month])
        contracts = plan.cumulative_weights(start, end)
        if contracts is None:
            yield []
            continue
        minutes = minute_weights(
            date.weekday(timeline.month(month)),
            (end - start) // MINUTE,
            np.random.default_rng(root),
        )
        window = Window(month, start, end, contracts, minutes)
        chunks = max(1, -(-count // CHUNK))
        seeds = root.spawn(chunks)
        jobs: list[_Job] = []
        for chunk in range(chunks):
            calls = count * (chunk + 1) // chunks - count * chunk // chunks
            jobs.append((window, chunk, calls, first, seeds[chunk]))
            first += calls
        yield jobs


def _draw(
    plan: UsagePlan,
    window: Window,
    chunk: int,
    count: int,
    first: int,
    seed: np.random.SeedSequence,
) -> _Chunk:
    calls = draw_calls(plan, window, count, first, np.random.default_rng(seed))
    counts = _counts(calls)
    conflicts = None
    if chunk == 0:
        conflicts = _conflicts(plan, calls)
        counts["conflicting_replay"] = conflicts.num_rows
        counts["rows"] += conflicts.num_rows
    counted = calls.contract[calls.kind != TEST]
    per_contract = np.bincount(counted, minlength=len(plan.contracts)) * 3
    return _Chunk(
        deliveries(calls), sum_calls(plan, calls), per_contract, counts, conflicts
    )


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
