"""Companies that are made in SQL for one question, and what a build of them costs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from inference_revenue.bench.children import run_child
from inference_revenue.bench.folders import Folders
from inference_revenue.bench.measurement import BuildCost
from inference_revenue.bench.nights import build_company
from inference_revenue.bench.nodes import Node, read_nodes
from inference_revenue.progress import Progress

GIB = 1024**3


def months_until_2025(first_day: str) -> str:
    """The periods of entity one until December 2025, which alone is open."""
    return f"""
        select
            'one' as entity_id, '*' as book, strftime(month, '%Y-%m') as period_id,
            month as period_start, month + interval 1 month as period_end,
            case when month < timestamp '2025-12-01' then 'closed' else 'open' end
                as state,
            case when month < timestamp '2025-12-01'
                then month + interval '1 month 5 days' end as knowledge_cutoff_at,
            'controller' as changed_by
        from range(
            timestamp '{first_day}', timestamp '2026-01-01', interval 1 month
        ) as months (month)
    """


@dataclass(frozen=True)
class MadeTables:
    """The input tables of a company of any count, as queries."""

    shared: Sequence[str]
    """Tables made first, the first of them from the parameter `count`."""
    queries: Mapping[str, str]
    """The rows of each input table, from the shared ones."""
    recorded: Mapping[str, str] = field(default_factory=dict)
    """When rows were recorded, where it was not at first."""

    def write(self, folder: Path, count: int) -> None:
        """Write the input tables as Parquet, one file a table."""
        self.write_from(folder, {"count": count})

    def write_from(self, folder: Path, given: Mapping[str, object]) -> None:
        """Write the input tables, the first shared one from these parameters."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute("set enable_progress_bar = false")
            connection.execute(self.shared[0], given)
            for made_from_it in self.shared[1:]:
                connection.execute(made_from_it)
            for table, query in self.queries.items():
                recorded = self.recorded.get(table, "timestamp '2023-12-01'")
                connection.execute(
                    f"copy (select *, 'bench' as source_system, {recorded} as "
                    f"recorded_at from ({query}) as rows) "
                    f"to '{folder / table}.parquet'"
                )


@dataclass(frozen=True)
class Built:
    """What the build of a company of that count cost, in all and by node."""

    count: int
    cost: BuildCost
    nodes: tuple[Node, ...]


def build_made(home: Path, name: str, count: int, progress: Progress) -> Built:
    """Write the company of that name, build it from nothing, and say what it cost."""
    folders = write_made(home, name, count)
    progress.say(f"Build of {count:,} {name}")
    return build_written(folders, count)


def write_made(home: Path, name: str, count: int) -> Folders:
    """Write a company in a process of its own, whose memory ends with it."""
    root = home / f"{name}_{count}"
    folders = Folders(root / "company", root / "warehouse", root / "target")
    run_child("made", [name, str(folders.company), str(count)])
    return folders


def build_written(folders: Folders, count: int) -> Built:
    """Build what was written, from nothing."""
    shutil.rmtree(folders.warehouse, ignore_errors=True)
    cost = build_company(folders.company, folders)
    return Built(count, cost, tuple(read_nodes(folders.target)))
