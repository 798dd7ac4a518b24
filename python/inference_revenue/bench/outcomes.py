"""Many outcomes with three events each, on a contract for each 20,000 of them.

Both policies on them are computed by every build. The unit beside it is one bare pass
over the same events that finds where each outcome stands in the end, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import duckdb

from inference_revenue.bench.children import run_child
from inference_revenue.bench.cores import CORES
from inference_revenue.bench.made_tables import (
    GIB,
    Built,
    MadeTables,
    build_written,
    months_until_2025,
    write_made,
)
from inference_revenue.bench.nodes import dearest, node_seconds, wall_seconds
from inference_revenue.inputs.text import literal
from inference_revenue.paths import DATABASE_NAME
from inference_revenue.progress import Progress

DEAREST = 25
RUNS = 2
WINDOW_DAYS = 7

LATE = "hash(outcome_id) % 50 = 0"
RECORDED_AT = (
    f"occurred_at + case when {LATE} then interval 30 day else interval 1 minute end"
)

# n is the number of the outcome, `kind` what becomes of it: of 20 kinds as many as the
# ranges below hold, with 60 events in all. A reversal comes the sooner the likelier.
# Of a fiftieth of the outcomes all events are reported 30 days late. What would be
# recorded after 2025 is not there: outcomes of the last days are open.
SHARED = (
    """
    create table numbers as
    select
        range as n,
        range % (50 + $count // 20000) as customer,
        hash(range) % 20 as kind,
        1 + hash(range + 1) % 100 * (hash(range + 2) % 100) * 160 // 9801 as hours,
        timestamp '2024-01-02' + interval 1 second * (hash(range + 3) % 63072000)
            as resolved_at
    from range($count)
    """,
    f"""
    create table steps as
    select * from (values
        -- confirmed as its window ends, with a report or without one
        (0, 10, 1, 'attempted', -1, 0), (0, 10, 2, 'provisional', 0, 0),
        (0, 10, 3, 'confirmed', {WINDOW_DAYS * 24}, 0),
        (11, 11, 1, 'provisional', 0, 0),
        -- reversed at once, failed, reopened and reached again
        (12, 12, 1, 'provisional', 0, 0), (12, 12, 2, 'reversed', 0, 1),
        (13, 13, 1, 'attempted', -1, 0), (13, 13, 2, 'failed', 0, 0),
        (14, 15, 1, 'provisional', 0, 0), (14, 15, 2, 'reversed', 0, 1),
        (14, 15, 3, 'provisional', 12, 1),
        (14, 15, 4, 'confirmed', {WINDOW_DAYS * 24 + 12}, 1),
        -- disputed and won, disputed and lost, taken back after its window
        (16, 16, 1, 'provisional', 0, 0), (16, 16, 2, 'disputed', 0, 1),
        (16, 16, 3, 'dispute_won', 48, 1), (16, 16, 4, 'confirmed', 288, 0),
        (17, 17, 1, 'provisional', 0, 0), (17, 17, 2, 'disputed', 0, 1),
        (17, 17, 3, 'dispute_lost', 48, 1),
        (18, 18, 1, 'provisional', 0, 0),
        (18, 18, 2, 'confirmed', {WINDOW_DAYS * 24}, 0),
        (18, 18, 3, 'reversed', {WINDOW_DAYS * 24 + 24}, 1),
        (19, 19, 1, 'attempted', -1, 0), (19, 19, 2, 'provisional', 0, 0),
        (19, 19, 3, 'disputed', 0, 1), (19, 19, 4, 'dispute_lost', 48, 1)
    ) as steps (from_kind, to_kind, step, state, after_hours, with_hours)
    """,
)
QUERIES = {
    "customers": """
        select distinct
            'cus_' || customer as customer_id, 'Customer ' || customer as name
        from numbers
    """,
    "products": """
        select 'resolution' as product_id, 'Resolution' as name,
            'outcome' as product_kind
    """,
    "prices": """
        select 'each' as price_id, 'unit' as model, 'USD' as unit_code,
            0.99 as rate_amount, 1 as rate_per_quantity
    """,
    "contracts": """
        select distinct
            'ctr_' || customer as contract_id, 'cus_' || customer as customer_id,
            'one' as entity_id, 'USD' as currency, 'signature' as approval_kind,
            timestamp '2024-01-01' as signed_at,
            timestamp '2024-01-01' as effective_from,
            timestamp '2027-01-01' as effective_to, 'order ' || customer as source_ref
        from numbers
    """,
    "contract_lines": f"""
        select distinct
            'ctr_' || customer || '.each' as line_id, 'ctr_' || customer as contract_id,
            'outcome' as line_kind, 'resolution' as product_id, 'each' as price_id,
            {WINDOW_DAYS * 24} as outcome_window_hours,
            timestamp '2024-01-01' as service_start,
            timestamp '2027-01-01' as service_end, 'arrears' as billing_timing,
            'month' as billing_interval
        from numbers
    """,
    "accounting_periods": months_until_2025("2024-01-01"),
    "outcome_events": f"""
        select
            'evt_' || n || '_' || step as outcome_event_id, 'out_' || n as outcome_id,
            state, 'cus_' || customer as customer_id, 'resolution' as product_id,
            'ctr_' || customer || '.each' as line_id, 'ticket_' || n as subject_ref,
            1 as quantity,
            resolved_at + interval 1 hour * (after_hours + with_hours * hours)
                as occurred_at,
            'agent ' || (month(resolved_at) + 2) // 3 as agent_ref,
            'webhook' as source_ref
        from numbers
        inner join steps on kind between from_kind and to_kind
        where {RECORDED_AT} < timestamp '2026-01-01'
    """,
}
RECORDED = {
    "accounting_periods": "coalesce(knowledge_cutoff_at, timestamp '2023-12-01')",
    "outcome_events": RECORDED_AT,
}
OUTCOMES = MadeTables(SHARED, QUERIES, RECORDED)

# What a mart calls taken back after its window is `given_back`.
BARE_QUERY = """
    create or replace temp table final_states as
    select
        outcome_id,
        event_count,
        case
            when last_state = 'reversed' and last_at >= window_ends_at then 'given_back'
            when last_state in ('reversed', 'dispute_lost') then 'reversed'
            when last_state in ('provisional', 'dispute_won')
                then case when window_ends_at <= {as_of} then 'confirmed'
                    else 'provisional' end
            else last_state
        end as state
    from (
        select
            outcome_id,
            count(*) as event_count,
            max_by(state, occurred_at) as last_state,
            max(occurred_at) as last_at,
            max(case when state = 'provisional' then occurred_at end)
                + interval {days} day as window_ends_at
        from read_parquet({files})
        group by outcome_id
    ) as outcomes
"""


@dataclass(frozen=True)
class FinalStates:
    """The bare pass: its seconds, and how many outcomes end in which state."""

    events: int
    outcomes: int
    states: Mapping[str, int]
    seconds: tuple[float, ...]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> FinalStates:
        """From the answer of the job."""
        return cls(
            answer["events"],
            answer["outcomes"],
            answer["states"],
            tuple(answer["seconds"]),
        )


@dataclass(frozen=True)
class OutcomesMeasured:
    """A build between two bare passes, and the states that its books show."""

    before: FinalStates
    after: FinalStates
    built: Built
    states: Mapping[str, int]

    @property
    def bare_seconds(self) -> float:
        """Median of the bare passes but the first of each side (cold)."""
        return median([*self.before.seconds[1:], *self.after.seconds[1:]])


def time_final_states(raw_folder: Path, runs: int = RUNS) -> dict[str, Any]:
    """Seconds of each run of the bare pass, the first cold, and what it found."""
    files = literal(str(raw_folder / "outcome_events.parquet"))
    with duckdb.connect(":memory:") as con:
        con.execute(f"set threads = {CORES}")
        con.execute("set preserve_insertion_order = false")
        con.execute("set enable_progress_bar = false")
        (as_of,) = con.execute(
            f"select max(recorded_at) from read_parquet({files})"
        ).fetchone() or (None,)
        query = BARE_QUERY.format(
            files=files, as_of=f"timestamp '{as_of}'", days=WINDOW_DAYS
        )
        seconds = []
        for _ in range(runs):
            started = perf_counter()
            con.execute(query)
            seconds.append(perf_counter() - started)
        found = con.execute(
            "select state, count(*), sum(event_count)::bigint from final_states"
            " group by state order by state"
        ).fetchall()
    return {
        "seconds": seconds,
        "states": {state: outcomes for state, outcomes, _ in found},
        "outcomes": sum(outcomes for _, outcomes, _ in found),
        "events": sum(events for _, _, events in found),
    }


def measure_outcomes(home: Path, counts: Sequence[int], progress: Progress) -> str:
    """Build a company of each count of outcomes; what that cost, as text."""
    return "".join(
        outcomes_report(_measure_one(home, count, progress)) for count in counts
    )


def _measure_one(home: Path, count: int, progress: Progress) -> OutcomesMeasured:
    """The bare pass, the build from nothing, and the bare pass again."""
    progress.say(f"Making {count:,} outcomes")
    folders = write_made(home, "outcomes", count)
    raw = [str(folders.company)]
    before = FinalStates.of(run_child("final_states", raw).answer)
    progress.say("Build")
    built = build_written(folders, count)
    after = FinalStates.of(run_child("final_states", raw).answer)
    return OutcomesMeasured(before, after, built, states_in_books(folders.warehouse))


def states_in_books(warehouse: Path) -> dict[str, int]:
    """How many outcomes the published file shows in which state."""
    with duckdb.connect(str(warehouse / DATABASE_NAME), read_only=True) as con:
        found = con.execute(
            "select state, count(*) from marts.fct_outcomes group by state"
        ).fetchall()
    return dict(found)


def outcomes_report(measured: OutcomesMeasured) -> str:
    """One screen: the bare pass, the build in units of it, memory, dearest nodes."""
    built, bare = measured.built, measured.bare_seconds
    cost, nodes = built.cost, built.nodes
    seconds, wall = node_seconds(nodes), wall_seconds(nodes)
    found = ", ".join(
        f"{state} {number:,}" for state, number in sorted(measured.states.items())
    )
    agree = "as in" if measured.states == dict(measured.before.states) else "NOT as in"
    landed = cost.landing_seconds or 0.0
    return "\n".join(
        [
            "",
            f"{measured.before.outcomes:,} outcomes, {measured.before.events:,} events",
            f"  bare pass    {bare:.2f} s",
            f"  nodes, sum   {seconds:.2f} s  {seconds / bare:.1f} times the bare pass",
            f"  nodes, wall  {wall:.2f} s  {wall / bare:.1f} times the bare pass",
            f"  peak memory  {cost.peak_bytes / GIB:.2f} GiB",
            f"  landing      {landed:.2f} s",
            f"  whole job    {cost.seconds:.2f} s  {cost.cpu_seconds:.2f} s of "
            f"processor; controls {cost.outcome}",
            f"  states       {found}; {agree} the bare pass",
            "",
            *(
                f"    {node.name:<44} {node.seconds:>8.2f} s"
                for node in dearest(nodes, DEAREST)
            ),
            "",
        ]
    )
