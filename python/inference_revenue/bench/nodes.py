"""What each dbt node took, from run_results.json and manifest.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

HOOKS = "hooks"


@dataclass(frozen=True)
class Node:
    """A node that ran; started_at and ended_at are None where dbt only passed it."""

    name: str
    room: str
    seconds: float
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Room:
    """What the nodes of one folder took together."""

    name: str
    nodes: int
    seconds: float


def read_nodes(target: Path) -> list[Node]:
    """The nodes of the last build in a target folder."""
    results, manifest = (
        json.loads((target / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("run_results", "manifest")
    )
    return parse_nodes(results, manifest)


def parse_nodes(results: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[Node]:
    """The nodes in the order in which they ended, as dbt lists them."""
    return [_node(result, manifest["nodes"]) for result in results["results"]]


def node_seconds(nodes: Iterable[Node]) -> float:
    """Sum over the nodes; two that run at once count twice."""
    return sum(node.seconds for node in nodes)


def wall_seconds(nodes: Sequence[Node]) -> float:
    """From the start of the first node to the end of the last."""
    starts = [node.started_at for node in nodes if node.started_at]
    ends = [node.ended_at for node in nodes if node.ended_at]
    return (max(ends) - min(starts)).total_seconds() if starts and ends else 0.0


def busy_seconds(nodes: Iterable[Node]) -> float:
    """While at least one of the nodes ran; two that run at once count once."""
    seconds, until = 0.0, datetime.min.replace(tzinfo=UTC)
    ran = [(n.started_at, n.ended_at) for n in nodes if n.started_at and n.ended_at]
    for started_at, ended_at in sorted(ran):
        seconds += max((ended_at - max(started_at, until)).total_seconds(), 0.0)
        until = max(until, ended_at)
    return seconds


def dearest(nodes: Iterable[Node], count: int) -> list[Node]:
    """The nodes that took longest, longest first."""
    return sorted(nodes, key=lambda node: (-node.seconds, node.name))[:count]


def by_room(nodes: Iterable[Node]) -> list[Room]:
    """The rooms, dearest first."""
    seconds: dict[str, list[float]] = {}
    for node in nodes:
        seconds.setdefault(node.room, []).append(node.seconds)
    rooms = [Room(name, len(took), sum(took)) for name, took in seconds.items()]
    return sorted(rooms, key=lambda room: (-room.seconds, room.name))


def _node(result: Mapping[str, Any], known: Mapping[str, Any]) -> Node:
    unique_id = str(result["unique_id"])
    timing = result["timing"]
    return Node(
        name=unique_id.split(".", 2)[-1],
        room=_room(unique_id, known.get(unique_id)),
        seconds=float(result["execution_time"]),
        started_at=min((_moment(t["started_at"]) for t in timing), default=None),
        ended_at=max((_moment(t["completed_at"]) for t in timing), default=None),
    )


def _room(unique_id: str, node: Mapping[str, Any] | None) -> str:
    """The folder under models/; seeds and hooks are rooms of their own."""
    if node is None or unique_id.startswith("operation."):
        return HOOKS
    parts = PurePosixPath(str(node["original_file_path"]).replace("\\", "/")).parts
    return parts[1] if parts[0] == "models" and len(parts) > 2 else parts[0]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
