"""The command line: every way to start something goes through here."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from inference_revenue import __version__
from inference_revenue.errors import UserError, refused

# These parse their own arguments; they are imported only when asked for.
USAGE = 2  # how argparse ends on a command that it does not understand
OWN_PARSER = ("conformance", "bench", "map", "check", "queue", "decide")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code.

    0: done (a run: published). 1: not done, said in one sentence (a run: the file
    published before still stands). 2: a run that published with a blocking control red.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        if given[:1] and given[0] in OWN_PARSER:
            return _delegate(given[0], given[1:])
        arguments = _parser().parse_args(given)
        if arguments.command == "run":
            return _run(arguments)
        if arguments.command == "land":
            return _land(arguments)
        if arguments.command == "summary":
            return _summary(arguments)
        if arguments.command == "night":
            return _night(arguments)
        if arguments.command == "restore":
            return _restore(arguments)
        return _synthetic(arguments)
    except UserError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Error: {refused(error)}", file=sys.stderr)
        return 1
    except SystemExit as stopped:
        if stopped.code == USAGE:  # 2 is for a run that published
            return 1
        raise
    except KeyboardInterrupt:
        print("Stopped; nothing was published.", file=sys.stderr)
        return 1


def _delegate(command: str, argv: Sequence[str]) -> int:
    if command == "conformance":
        from inference_revenue.conformance import main as conformance

        return conformance(argv)
    if command == "map":
        from inference_revenue.mapping import main as map_source

        return map_source(argv)
    if command == "check":
        from inference_revenue.check import main as check

        return check(argv)
    if command in ("queue", "decide"):
        from inference_revenue.decisions import main as decisions

        return decisions([command, *argv])
    from inference_revenue.bench import main as bench

    return bench(argv)


def _run(arguments: argparse.Namespace) -> int:
    from inference_revenue.landing import parse_as_of
    from inference_revenue.paths import warehouse_dir
    from inference_revenue.progress import Progress
    from inference_revenue.runner import PUBLISHED_RED, Options, execute
    from inference_revenue.summary_text import summary_text
    from inference_revenue.trial import choose_inputs, trace_lines

    as_of = parse_as_of(arguments.as_of) if arguments.as_of else None
    if arguments.retry and (as_of or arguments.full_refresh or arguments.with_tests):
        raise UserError("--retry goes on as the failed run began: give it alone.")
    progress = Progress(sys.stderr if arguments.json else sys.stdout)
    inputs = choose_inputs(arguments.raw, arguments.trace, warehouse_dir())
    options = Options(
        as_of=as_of,
        with_tests=arguments.with_tests,
        full_refresh=arguments.full_refresh,
        retry=arguments.retry,
    )
    finished = execute(inputs, progress, options)
    if arguments.json:
        print(json.dumps(finished.summary.as_json(), indent=2, default=str))
    else:
        print(summary_text(finished.summary), end="")
    if arguments.trace:
        for line in trace_lines(inputs.folder, finished.live):
            progress.say(line)
    is_red = finished.exit_code == PUBLISHED_RED
    said = "Published, with a blocking control red" if is_red else "Published"
    progress.say(f"{said}: {finished.live}")
    return finished.exit_code


def _land(arguments: argparse.Namespace) -> int:
    """Land into the work file, for a developer who goes on with dbt."""
    from inference_revenue.earlier_build import start_file
    from inference_revenue.landing import parse_as_of
    from inference_revenue.paths import live_file, project_dir, warehouse_dir, work_file
    from inference_revenue.prepare import prepare
    from inference_revenue.publish import only_run, open_file, remove_stale
    from inference_revenue.trial import choose_inputs

    as_of = parse_as_of(arguments.as_of) if arguments.as_of else None
    warehouse, work = warehouse_dir(), work_file()
    with only_run(warehouse, "landing for dbt"):
        inputs = choose_inputs(arguments.raw, arguments.trace, warehouse)
        remove_stale(work)
        start_file(live_file(), work, project_dir(), inputs.company)
        with open_file(work) as con:
            prepared = prepare(con, inputs, project_dir(), warehouse, as_of=as_of)
    landing = prepared.landing
    for warning in landing.warnings:
        print(f"Note: {warning}")
    print(f"Landed {landing.rows:,} rows from {landing.files} files into {work}")
    return 0


def _summary(arguments: argparse.Namespace) -> int:
    """Read the summary of the published file again."""
    from inference_revenue.paths import live_file
    from inference_revenue.runner import summary_of
    from inference_revenue.summary_text import summary_text

    summary = summary_of(live_file())
    if arguments.json:
        print(json.dumps(summary.as_json(), indent=2))
    else:
        print(summary_text(summary), end="")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    """Take a backup of the saved state as the one that the next run carries."""
    from inference_revenue.paths import live_file, warehouse_dir
    from inference_revenue.prepare import state_dir
    from inference_revenue.publish import only_run, run_of
    from inference_revenue.saved_state import restore

    warehouse, live = warehouse_dir(), live_file()
    with only_run(warehouse, "restoring the state"):
        published = run_of(live)
        folder = restore(
            arguments.backup, state_dir(warehouse), live, published and published[1]
        )
    print(f"Restored {folder}; the next run carries it.")
    return 0


def _synthetic(arguments: argparse.Namespace) -> int:
    from inference_revenue.simulate.company import write_company

    if arguments.folder.exists() and any(arguments.folder.iterdir()):
        raise UserError(f"The folder {arguments.folder} is not empty.")
    write_company(arguments.folder, size=arguments.size, seed=arguments.seed)
    print(f"Wrote the synthetic company to {arguments.folder}")
    return 0


def _night(arguments: argparse.Namespace) -> int:
    from inference_revenue.simulate.night import write_night

    for _ in range(arguments.nights):
        counts = write_night(arguments.folder, share=arguments.share)
        said = ", ".join(f"{rows:,} {sort}" for sort, rows in counts.items())
        print(f"Wrote a night to {arguments.folder}: {said}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference_revenue",
        description="Revenue of an AI company under ASC 606 and IFRS 15.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    run = commands.add_parser("run", help="land, build, check and publish")
    _add_inputs(run)
    run.add_argument(
        "--with-tests", action="store_true", help="also run every dbt test"
    )
    run.add_argument("--json", action="store_true", help="print the summary as JSON")
    run.add_argument(
        "--full-refresh",
        action="store_true",
        help="read every input and build every model from nothing; what closed "
        "periods posted stays",
    )
    run.add_argument(
        "--retry",
        action="store_true",
        help="go on with the build that failed, when its cause is mended",
    )

    land = commands.add_parser("land", help="only land, to go on with dbt by hand")
    _add_inputs(land)

    summary = commands.add_parser("summary", help="what the last published run said")
    summary.add_argument("--json", action="store_true", help="print it as JSON")

    restore = commands.add_parser(
        "restore", help="take a backup of warehouse/state/<kind> as the state"
    )
    restore.add_argument(
        "--from", type=Path, dest="backup", metavar="FOLDER", required=True
    )

    synthetic = commands.add_parser(
        "synthetic", help="write the synthetic company's input folder"
    )
    synthetic.add_argument("folder", type=Path)
    synthetic.add_argument("--size", default="default")
    synthetic.add_argument("--seed", type=int, default=7)

    night = commands.add_parser(
        "night", help="add what one more night brings to a synthetic company's folder"
    )
    night.add_argument("folder", type=Path)
    night.add_argument(
        "--share", type=float, default=0.01, help="new events, of the company's"
    )
    night.add_argument("--nights", type=int, default=1, help="how many, one by one")

    for command, what in (
        ("conformance", "compare worked accounting cases to the cent"),
        ("bench", "measure speed"),
        ("map", "map the tables of a billing system or your own onto the contract"),
        ("check", "land an input folder and say what is accepted and what is not"),
        ("queue", "write what people must decide as a sheet"),
        ("decide", "check a filled-in sheet and append it to the inputs"),
    ):
        commands.add_parser(command, help=what, add_help=False)
    return parser


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--raw",
        type=Path,
        metavar="FOLDER",
        help="input folder, one file or folder per table (default: a bundled company)",
    )
    parser.add_argument(
        "--trace", type=Path, metavar="FILE", help="a real usage trace instead"
    )
    parser.add_argument(
        "--as-of",
        metavar="MOMENT",
        help="knowledge date: an ISO timestamp, or a date, which means all of that day "
        "in UTC (default: when the latest input was recorded)",
    )
