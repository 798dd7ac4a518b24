"""The `bench` command: companies of several sizes, each measured and reported."""

import argparse
import platform
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from inference_revenue import __version__
from inference_revenue.bench.agreements import measure_agreements
from inference_revenue.bench.children import run_child
from inference_revenue.bench.cores import CORES
from inference_revenue.bench.folders import Folders, bench_size, make_company
from inference_revenue.bench.forecasts import measure_forecasts
from inference_revenue.bench.measurement import Measurement, Reference
from inference_revenue.bench.nights import (
    NightCost,
    build_company,
    measure_nights,
    nights_report,
    own_copy,
)
from inference_revenue.bench.nodes import read_nodes
from inference_revenue.bench.outcomes import measure_outcomes
from inference_revenue.bench.report import overview, report
from inference_revenue.bench.tickets import measure_tickets
from inference_revenue.bench.wallets import measure_wallets
from inference_revenue.errors import UserError
from inference_revenue.files_io import write_json
from inference_revenue.paths import warehouse_dir
from inference_revenue.progress import Progress

EVENTS = (1_000_000, 10_000_000, 20_000_000)
CONTRACTS = 5_000
SEED = 7


def main(argv: Sequence[str] | None = None) -> int:
    """Measure each size and print it; last_bench.json holds what was measured.

    Returns:
        0; times decide nothing.

    Raises:
        UserError: a size is impossible, or a build did not reach its end.
    """
    arguments = _parser().parse_args(argv)
    home = warehouse_dir() / "bench"
    progress = Progress(sys.stdout)
    if arguments.agreements:
        progress.say(measure_agreements(home, arguments.agreements, progress))
        return 0
    if arguments.wallets:
        progress.say(measure_wallets(home, arguments.wallets, progress))
        return 0
    if arguments.forecasts:
        progress.say(measure_forecasts(home, arguments.forecasts, progress))
        return 0
    if arguments.outcomes:
        progress.say(measure_outcomes(home, arguments.outcomes, progress))
        return 0
    if arguments.tickets:
        progress.say(measure_tickets(home, arguments.tickets, progress))
        return 0
    sizes = [bench_size(events, arguments.contracts) for events in arguments.events]
    measured: list[Measurement] = []
    nights: list[list[NightCost]] = []
    about = _about()
    for size in sizes:
        folders = Folders.of(home, size, arguments.seed)
        note = make_company(folders, size, arguments.seed, progress, arguments.fresh)
        if note:
            progress.say(f"Note: {note}")
        raw = own_copy(folders.company) if arguments.nights else folders.company
        measured.append(_measure(raw, folders, progress))
        progress.say(report(measured[-1]))
        nights.append(measure_nights(raw, folders, arguments.nights, progress))
        if arguments.nights:
            progress.say(nights_report(nights[-1], measured[-1].node_seconds))
        sizes_measured = [
            {**one.as_json(), "nights": [cost.as_json() for cost in costs]}
            for one, costs in zip(measured, nights, strict=True)
        ]
        write_json(home / "last_bench.json", {**about, "sizes": sizes_measured})
    if len(measured) > 1:
        progress.say(overview(measured))
    progress.say(f"Measured: {home / 'last_bench.json'}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inference_revenue bench",
        description="Measure the main job against one bare scan-and-group of the same "
        "usage events.",
    )
    parser.add_argument(
        "--events",
        type=int,
        nargs="+",
        default=EVENTS,
        metavar="N",
        help="usage events of each company (default: 1, 10 and 20 million)",
    )
    parser.add_argument(
        "--contracts",
        type=int,
        default=CONTRACTS,
        metavar="N",
        help="contracts of each company (default: %(default)s)",
    )
    parser.add_argument(
        "--nights",
        type=int,
        default=0,
        metavar="N",
        help="afterwards add so many nights of 1 %% more events, with a run after each",
    )
    parser.add_argument(
        "--agreements",
        type=int,
        default=0,
        metavar="N",
        help="instead: what so many contracts of four lines add to a build",
    )
    parser.add_argument(
        "--wallets",
        type=int,
        nargs="+",
        default=(),
        metavar="N",
        help="instead: what drawing so many wallets of four lots over 24 months costs",
    )
    parser.add_argument(
        "--forecasts",
        type=int,
        nargs="+",
        default=(),
        metavar="N",
        help="instead: what estimating the price of so many contracts at each of "
        "12 closes costs",
    )
    parser.add_argument(
        "--outcomes",
        type=int,
        nargs="+",
        default=(),
        metavar="N",
        help="instead: what so many outcomes of three events each cost, both policies "
        "on them computed",
    )
    parser.add_argument(
        "--tickets",
        type=Path,
        metavar="FILE",
        help="instead: a real log of tickets (Parquet) billed by resolution: its "
        "reserve at each month end against what came later and against a flat rate",
    )
    parser.add_argument("--seed", type=int, default=SEED, help=argparse.SUPPRESS)
    parser.add_argument("--fresh", action="store_true", help="make the companies again")
    return parser


def _measure(raw_folder: Path, folders: Folders, progress: Progress) -> Measurement:
    """The bare query, the build from nothing, and the bare query again."""
    raw = str(raw_folder)
    progress.say("Bare query")
    before = Reference.of(run_child("reference", [raw]).answer)
    # What an earlier build published would be carried along, and is work saved.
    shutil.rmtree(folders.warehouse, ignore_errors=True)
    progress.say("Build")
    built = build_company(raw_folder, folders)
    progress.say("Bare query again")
    after = Reference.of(run_child("reference", [raw]).answer)
    if not folders.results.is_file():
        raise UserError(f"dbt left no {folders.results}, so there is no node time.")
    return Measurement(
        before=before,
        after=after,
        build=built,
        nodes=tuple(read_nodes(folders.target)),
    )


def _about() -> dict[str, Any]:
    """Where and with what was measured."""
    return {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "project_version": __version__,
        "cores": CORES,
        "machine": platform.machine(),
        "system": platform.platform(),
        "python_version": platform.python_version(),
        "duckdb_version": duckdb.__version__,
    }
