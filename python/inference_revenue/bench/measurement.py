"""What was measured of one size, and the ratios that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median
from typing import Any

from inference_revenue.bench.nodes import Node, by_room, node_seconds, wall_seconds


@dataclass(frozen=True)
class Reference:
    """The bare query run several times in one connection."""

    events: int
    contracts: int
    groups: int
    seconds: tuple[float, ...]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Reference:
        """From the answer of the job."""
        return cls(
            answer["events"],
            answer["contracts"],
            answer["groups"],
            tuple(answer["seconds"]),
        )

    @property
    def warm(self) -> tuple[float, ...]:
        """All runs but the first, which reads from the disk."""
        return self.seconds[1:]


@dataclass(frozen=True)
class BuildCost:
    """The whole main job in its process; cpu_seconds counts all its threads."""

    started_at: datetime
    landing_seconds: float | None
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    outcome: str

    @classmethod
    def of(
        cls, answer: Mapping[str, Any], peak_bytes: int, cpu_seconds: float
    ) -> BuildCost:
        """From the answer of the job and what its process used."""
        return cls(
            started_at=datetime.fromisoformat(answer["started_at"]),
            landing_seconds=answer["landing_seconds"],
            seconds=answer["seconds"],
            cpu_seconds=cpu_seconds,
            peak_bytes=peak_bytes,
            outcome=answer["outcome"],
        )


@dataclass(frozen=True)
class Measurement:
    """One size: the build between two references."""

    before: Reference
    after: Reference
    build: BuildCost
    nodes: tuple[Node, ...]

    @property
    def bare_seconds(self) -> float:
        """Median of the warm bare queries of both sides."""
        return median([*self.before.warm, *self.after.warm])

    @property
    def node_seconds(self) -> float:
        """Sum over the nodes."""
        return node_seconds(self.nodes)

    @property
    def wall_seconds(self) -> float:
        """First node's start to last node's end."""
        return wall_seconds(self.nodes)

    @property
    def ratio(self) -> float:
        """node_seconds ÷ bare_seconds."""
        return self.node_seconds / self.bare_seconds

    @property
    def wall_ratio(self) -> float:
        """wall_seconds ÷ bare_seconds."""
        return self.wall_seconds / self.bare_seconds

    def as_json(self) -> dict[str, Any]:
        """All of it as plain values; times in seconds, memory in bytes."""
        return {
            "events": self.before.events,
            "contracts": self.before.contracts,
            "groups": self.before.groups,
            "bare_seconds": self.bare_seconds,
            "bare_seconds_before": self.before.seconds,
            "bare_seconds_after": self.after.seconds,
            "node_seconds": self.node_seconds,
            "wall_seconds": self.wall_seconds,
            "ratio": self.ratio,
            "wall_ratio": self.wall_ratio,
            **asdict(self.build),
            "rooms": [asdict(room) for room in by_room(self.nodes)],
            "nodes": [asdict(node) for node in self.nodes],
        }
