"""What the benchmark prints."""

from collections.abc import Iterable, Sequence

from inference_revenue.bench.measurement import Measurement
from inference_revenue.bench.nodes import by_room, dearest

DEAREST = 12
GIB = 1024**3
NAME_WIDTH = 44


def report(measured: Measurement) -> str:
    """One size on one screen."""
    return "\n".join(
        ["", *_head(measured), "", *_nodes(measured), "", *_rooms(measured)]
    )


def overview(sizes: Sequence[Measurement]) -> str:
    """One line a size."""
    lines = [
        f"  {one.before.events:>12,} {one.bare_seconds:>8.3f} {one.node_seconds:>8.2f}"
        f" {one.ratio:>7.2f} {one.wall_ratio:>7.2f} {_gib(one):>9.2f}"
        for one in sizes
    ]
    title = "        events   bare s   node s   ratio    wall  peak GiB"
    return "\n".join(["", title, *lines, ""])


def _head(measured: Measurement) -> list[str]:
    company, build = measured.before, measured.build
    landing = build.landing_seconds
    landed = "?" if landing is None else f"{landing:.2f} s"
    rows = {
        "bare query": f"{measured.bare_seconds:.3f} s  {company.groups:,} groups; "
        f"before {_runs(measured.before.warm)}, after {_runs(measured.after.warm)}",
        "nodes, sum": f"{measured.node_seconds:.2f} s  "
        f"{measured.ratio:.2f} times the bare query",
        "nodes, wall": f"{measured.wall_seconds:.2f} s  "
        f"{measured.wall_ratio:.2f} times the bare query",
        "peak memory": f"{_gib(measured):.2f} GiB",
        "landing": landed,
        "whole job": f"{build.seconds:.2f} s  {build.cpu_seconds:.2f} s of processor; "
        f"controls {build.outcome}",
    }
    title = f"{company.events:,} events, {company.contracts:,} contracts"
    return [title, *(f"  {name:<12} {said}" for name, said in rows.items())]


def _nodes(measured: Measurement) -> list[str]:
    rows = [(node.name, node.seconds) for node in dearest(measured.nodes, DEAREST)]
    return [f"  dearest of {len(measured.nodes)} nodes", *_shares(rows, measured)]


def _rooms(measured: Measurement) -> list[str]:
    rows = [
        (f"{room.name} ({room.nodes})", room.seconds)
        for room in by_room(measured.nodes)
    ]
    return ["  rooms (nodes)", *_shares(rows, measured), ""]


def _shares(rows: Iterable[tuple[str, float]], measured: Measurement) -> list[str]:
    """A line each: name, seconds and share of the node seconds."""
    whole = measured.node_seconds
    return [
        f"    {name:<{NAME_WIDTH}} {seconds:>8.2f} s"
        f" {seconds / whole if whole else 0:>7.1%}"
        for name, seconds in rows
    ]


def _runs(seconds: Iterable[float]) -> str:
    return " ".join(f"{one:.3f}" for one in seconds)


def _gib(measured: Measurement) -> float:
    return measured.build.peak_bytes / GIB
