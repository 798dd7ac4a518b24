"""What the next runs cost, when a night's files have come on top of a company."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inference_revenue.bench.children import run_child
from inference_revenue.bench.folders import Folders
from inference_revenue.bench.measurement import BuildCost
from inference_revenue.bench.nodes import node_seconds, read_nodes
from inference_revenue.progress import Progress


@dataclass(frozen=True)
class NightCost:
    """The run after one night: of all its rows, how many were new, and its cost."""

    new_rows: int
    build: BuildCost
    node_seconds: float

    def as_json(self) -> dict[str, Any]:
        """All of it as plain values; times in seconds, memory in bytes."""
        build = asdict(self.build)
        return {
            "new_rows": self.new_rows,
            "node_seconds": self.node_seconds,
            **build,
            "started_at": self.build.started_at.isoformat(),
        }


def own_copy(company: Path) -> Path:
    """The company beside itself, for nights to be added; its files are shared."""
    copy = company.with_name(company.name + "_and_nights")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(company, copy, copy_function=os.link)
    return copy


def measure_nights(
    raw: Path, folders: Folders, nights: int, progress: Progress
) -> list[NightCost]:
    """Add nights one by one, each followed by a run of the same warehouse.

    Args:
        raw: a company that the warehouse was built from, and that may grow.
        folders: of the warehouse and of dbt.
        nights: how many.
        progress: told which night it is.
    """
    costs = []
    for number in range(1, nights + 1):
        brought = run_child("night", [str(raw)]).answer
        progress.say(f"Build after night {number}")
        ended = build_company(raw, folders)
        costs.append(
            NightCost(
                new_rows=brought["usage_events"],
                build=ended,
                node_seconds=node_seconds(read_nodes(folders.target)),
            )
        )
    return costs


def build_company(raw: Path, folders: Folders) -> BuildCost:
    """The main job of a company in a process of its own."""
    folders.results.unlink(missing_ok=True)
    ended = run_child(
        "build",
        [str(raw), str(folders.warehouse)],
        environment={
            "DBT_TARGET_PATH": str(folders.target),
            "DBT_LOG_PATH": str(folders.target / "logs"),
        },
    )
    return BuildCost.of(ended.answer, ended.peak_bytes, ended.cpu_seconds)


def nights_report(costs: Sequence[NightCost], whole_node_seconds: float) -> str:
    """One line a night."""
    lines = [
        f"  night {number}: {cost.new_rows:>12,} new rows {cost.node_seconds:>8.2f} s"
        f" of nodes, {cost.node_seconds / whole_node_seconds:.0%} of the first build;"
        f" whole job {cost.build.seconds:.2f} s; controls {cost.build.outcome}"
        for number, cost in enumerate(costs, start=1)
    ]
    return "\n".join([*lines, ""])
