"""The command line: every way to start something goes through here."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from inference_revenue import __version__
from inference_revenue.errors import UserError

# These parse their own arguments; they are imported only when asked for.
OWN_PARSER = ("conformance", "bench", "queue", "decide")


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
        return _synthetic(arguments)
    except UserError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing was published.", file=sys.stderr)
        return 1


def _delegate(command: str, argv: Sequence[str]) -> int:
    if command == "conformance":
        from inference_revenue.conformance import main as conformance

        return conformance(argv)
    if command in ("queue", "decide"):
        from inference_revenue.decisions import main as decisions

        return decisions([command, *argv])
    from inference_revenue.bench import main as bench

    return bench(argv)


def _run(arguments: argparse.Namespace) -> int:
    from inference_revenue.landing import parse_as_of
    from inference_revenue.paths import warehouse_dir
    from inference_revenue.progress import Progress
    from inference_revenue.runner import PUBLISHED_RED, execute
    from inference_revenue.summary_text import summary_text
    from inference_revenue.trial import choose_inputs, trace_lines

    as_of = parse_as_of(arguments.as_of) if arguments.as_of else None
    progress = Progress(sys.stderr if arguments.json else sys.stdout)
    inputs = choose_inputs(arguments.raw, arguments.trace, warehouse_dir())
    finished = execute(inputs, progress, as_of=as_of, with_tests=arguments.with_tests)
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
    from inference_revenue.landing import parse_as_of
    from inference_revenue.paths import project_dir, warehouse_dir, work_file
    from inference_revenue.prepare import prepare
    from inference_revenue.publish import only_run, open_file, remove_stale
    from inference_revenue.trial import choose_inputs

    as_of = parse_as_of(arguments.as_of) if arguments.as_of else None
    warehouse, work = warehouse_dir(), work_file()
    with only_run(warehouse):
        inputs = choose_inputs(arguments.raw, arguments.trace, warehouse)
        remove_stale(work)
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


def _synthetic(arguments: argparse.Namespace) -> int:
    from inference_revenue.simulate.company import write_company

    if arguments.folder.exists() and any(arguments.folder.iterdir()):
        raise UserError(f"The folder {arguments.folder} is not empty.")
    write_company(arguments.folder, size=arguments.size, seed=arguments.seed)
    print(f"Wrote the synthetic company to {arguments.folder}")
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

    land = commands.add_parser("land", help="only land, to go on with dbt by hand")
    _add_inputs(land)

    summary = commands.add_parser("summary", help="what the last published run said")
    summary.add_argument("--json", action="store_true", help="print it as JSON")

    synthetic = commands.add_parser(
        "synthetic", help="write the synthetic company's input folder"
    )
    synthetic.add_argument("folder", type=Path)
    synthetic.add_argument("--size", default="default")
    synthetic.add_argument("--seed", type=int, default=7)

    for command, what in (
        ("conformance", "compare worked accounting cases to the cent"),
        ("bench", "measure speed"),
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
