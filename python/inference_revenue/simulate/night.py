"""One more night on top of a company: what a pipeline lands the next morning.

A night is the 24 hours after the company's as-of, or after its last night. It brings
about one per cent more events, among them late ones, replays and withdrawals of older
events, and a few changes of contracts. Everything comes in new files, as
``<table>/night-001.parquet``; nothing that lies in the folder is touched, so that a run
before and a run after it are what an incremental run is measured on.

truth/nights.json says how many rows of each sort every night brought; the other files
of the truth know the company as it was before the first.
"""

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa

from inference_revenue.contract import load_contract
from inference_revenue.errors import UserError
from inference_revenue.simulate.company import NIGHTS, TRUTH, Company, draw_company
from inference_revenue.simulate.night_changes import night_changes
from inference_revenue.simulate.sizes import Size
from inference_revenue.simulate.tables import write_parquet, write_table
from inference_revenue.simulate.timeline import local_midnight, microseconds
from inference_revenue.simulate.truth import write_json
from inference_revenue.simulate.usage.calls import PLAIN, Calls, Window, draw_calls
from inference_revenue.simulate.usage.earlier import replay_rows, retraction_rows
from inference_revenue.simulate.usage.files import deliveries
from inference_revenue.simulate.usage.plan import UsagePlan
from inference_revenue.simulate.usage.rows import call_rows, plain, rows_table
from inference_revenue.simulate.usage.shapes import DAY, MINUTE, minute_weights

SHARE = 0.01
LATE_DAYS = 40
LATE_PARTS, REPLAYED_PARTS, RETRACTED_PARTS = 100, 330, 500
"""One call in so many is late, is an older one again, or withdraws an older one."""
_SUBJECT = 10


@dataclass(frozen=True)
class Night:
    """Which night it is: after the as-of 1, 2, 3 ..."""

    number: int
    start: datetime
    end: datetime
    first_call: int
    """Number of its first call, so that no event has an id of another."""

    @property
    def file(self) -> str:
        """Its file in the folder of each table."""
        return f"night-{self.number:03d}.parquet"


def write_night(folder: Path, *, share: float = SHARE) -> Counter[str]:
    """Add the next night to a company's folder; the rows it brought, by sort.

    The same company and share give the same bytes.

    Args:
        folder: of a company that write_company wrote.
        share: new events as a share of the company's.

    Raises:
        UserError: the folder holds no such company, or the share none of its events.
    """
    told = _read_company(folder)
    size, seed = told["size"], told["seed"]
    earlier = _read_nights(folder)
    start = datetime.fromisoformat(earlier[-1]["end"] if earlier else told["as_of"])
    calls = int(size.events * share) // 3
    if not 1 <= calls <= size.events:
        raise UserError(f"A night of a share of {share} of the events is not possible.")
    night = Night(
        number=len(earlier) + 1,
        start=start,
        end=start + timedelta(days=1),
        first_call=size.events // 3 + 1 + sum(one["calls"] for one in earlier),
    )
    drawn = draw_company(size, seed)
    usage, counts = _usage(folder, drawn, night, calls, seed)
    changes = night_changes(
        folder, drawn, night.number, night.start, night.end, _random(seed, night)
    )
    more = changes.pop("usage_events")
    tables = load_contract()
    for name, rows in changes.items():
        if rows:
            write_table(folder, tables[name], rows, folder / name / night.file)
            counts[name] = len(rows)
    usage = pa.concat_tables([plain(table) for table in (*usage, rows_table(more))])
    counts["usage_events"] = usage.num_rows
    path = folder / "usage_events" / night.file
    write_parquet(usage.sort_by("recorded_at"), path)
    told_of = {
        "number": night.number,
        "start": night.start.isoformat(),
        "end": night.end.isoformat(),
        "calls": calls,
        "rows": dict(counts),
    }
    write_json(folder / TRUTH / NIGHTS, [*earlier, told_of])
    return counts


def _read_company(folder: Path) -> dict[str, Any]:
    path = folder / TRUTH / "company.json"
    if not path.is_file():
        raise UserError(f"The folder {folder} holds no synthetic company.")
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    size = told["size"]
    first = datetime.fromisoformat(size["first_month"]).date()
    return {**told, "size": Size(**{**size, "first_month": first})}


def _read_nights(folder: Path) -> list[dict[str, Any]]:
    path = folder / TRUTH / NIGHTS
    if not path.is_file():
        return []
    nights: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return nights


def _random(seed: int, night: Night) -> Random:
    return Random(f"{seed}/night/{night.number}")


def _usage(
    folder: Path, drawn: Company, night: Night, count: int, seed: int
) -> tuple[list[pa.Table], Counter[str]]:
    """New calls, late ones, and older ones sent again or withdrawn."""
    root = np.random.SeedSequence([seed, _SUBJECT, night.number])
    of_today, of_late, of_earlier = map(np.random.default_rng, root.spawn(3))
    plan = _later_plan(drawn, night.end)
    late_count = max(1, count // LATE_PARTS)
    new = _calls(plan, night, night.start, count - late_count, 0, of_today)
    new.recorded = np.minimum(new.recorded, plan.as_of)
    since = night.start - timedelta(days=LATE_DAYS)
    late = _calls(plan, night, since, late_count, count - late_count, of_late)
    late.recorded = plan.as_of - of_late.integers(0, DAY, late_count)
    late.kind = np.full(late_count, PLAIN)
    again = replay_rows(
        folder, max(1, count // REPLAYED_PARTS), night.start, of_earlier
    )
    gone = retraction_rows(
        folder, max(1, count // RETRACTED_PARTS), night.start, of_earlier
    )
    arrived = deliveries(new)
    tables = [call_rows(plan, arrived), call_rows(plan, late), again, gone]
    counts = Counter(
        {
            "new": 3 * len(new),
            "late": 3 * late_count,
            "replayed_or_withdrawn_at_once": 3 * (len(arrived) - len(new)),
            "replay_of_older": again.num_rows,
            "retraction_of_older": gone.num_rows,
        }
    )
    return tables, counts


def _later_plan(drawn: Company, as_of: datetime) -> UsagePlan:
    """The contracts go on beyond the months simulated, unless they end."""
    plan = drawn.plan
    ends = [
        local_midnight(contract.last, contract.entity.time_zone)
        if contract.last
        else as_of
        for contract in plan.contracts
    ]
    end = np.array([microseconds(min(at, as_of)) for at in ends], dtype=np.int64)
    return replace(plan, end=end, as_of=microseconds(as_of))


def _calls(
    plan: UsagePlan,
    night: Night,
    since: datetime,
    count: int,
    skipped: int,
    rng: np.random.Generator,
) -> Calls:
    """Calls of a stretch of time that ends when the night does, or starts."""
    until = night.end if since == night.start else night.start
    start, end = microseconds(since), microseconds(until)
    weights = plan.cumulative_weights(start, end)
    if weights is None:
        raise UserError("No contract of the company is in force any more.")
    minutes = minute_weights(since.weekday(), (end - start) // MINUTE, rng)
    window = Window(0, start, end, weights, minutes)
    return draw_calls(plan, window, count, night.first_call + skipped, rng)
