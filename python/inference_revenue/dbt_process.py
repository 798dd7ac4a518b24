"""Run dbt inside this process and say what happened in short."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference_revenue.node_changes import NodeChanges
from inference_revenue.progress import Progress

MESSAGE_LINES = 6
SOME_FAILURES = 5
QUIET = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
GOOD = {"success", "pass", "warn", "no-op"}
TESTS = {"test", "unit_test"}
# Nothing on the screen; and the file without every statement, which costs more time
# than most of the statements.
LOGGING = ["--log-level", "none", "--log-level-file", "info", "--no-use-colors"]


@dataclass(frozen=True)
class Failure:
    """A node that failed, and what the database or dbt says."""

    node: str
    message: str


@dataclass(frozen=True)
class DbtOutcome:
    """Whether all nodes passed, how many were built and kept, and which failed."""

    success: bool
    nodes: int
    kept: int
    failures: tuple[Failure, ...]

    def explanation(self) -> str:
        """The failures in a few lines."""
        shown = [f"{f.node}: {f.message}" for f in self.failures[:SOME_FAILURES]]
        more = len(self.failures) - SOME_FAILURES
        return "\n".join(shown + ([f"... and {more} more failed"] if more > 0 else []))


def run_dbt(
    command: Sequence[str],
    project: Path,
    work: Path,
    progress: Progress,
    changes: NodeChanges | None = None,
) -> DbtOutcome:
    """Run one dbt command of the project on the work file.

    Args:
        command: for example ["build", "--exclude-resource-type", "test"].
        project: folder of dbt_project.yml and profiles.yml.
        work: the database file to build in; nobody else may have it open.
        progress: told of each finished node.
        changes: what changed since the work file was built; nodes that it does not
            reach are kept. None leaves all nodes to dbt.
    """
    from dbt.cli.main import dbtRunner

    from inference_revenue.kept_nodes import built_by

    os.environ.update(QUIET)
    os.environ["INFERENCE_REVENUE_WORK_FILE"] = str(work)
    where = ["--project-dir", str(project), "--profiles-dir", str(project)]
    # of a seed that has no row yet, which is how a register begins
    warnings.filterwarnings("ignore", '".*" does not match the name of any column')
    folder = Path.cwd()  # dbt moves to the project
    keeping = nullcontext() if changes is None else built_by(changes)
    try:
        with keeping, _without_needless_work():
            result = dbtRunner(callbacks=[_Counter(progress)]).invoke(
                [*command, *where, *LOGGING]
            )
    finally:
        os.chdir(folder)
        _close_connections()
        progress.done()
    results = getattr(result.result, "results", None) or []
    failures = [
        Failure(node.node.name, short(str(node.message or node.status)))
        for node in results
        if str(node.status) not in GOOD | {"skipped"}
    ]
    if result.exception is not None:
        failures.append(Failure("dbt", short(str(result.exception))))
    if not result.success and not failures:
        failures.append(Failure("dbt", "failed without saying why; see logs/dbt.log"))
    nodes = [node for node in results if node.node.resource_type != "operation"]
    kept = sum(str(node.status) == "no-op" for node in nodes)
    return DbtOutcome(bool(result.success), len(nodes) - kept, kept, tuple(failures))


def short(message: str) -> str:
    """The first lines of a message, without dbt's heading and blank lines."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].split(" in ")[0].endswith("Error"):
        lines = lines[1:]
    return "\n  ".join(lines[:MESSAGE_LINES])


class _Counter:
    """dbt's event callback: counts finished nodes."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._total = 0
        self._done = 0

    def __call__(self, event: Any) -> None:
        if event.info.name == "LogStartLine":
            self._total = event.data.total
        elif event.info.name == "NodeFinished":
            self._done += 1
            node, result = event.data.node_info, event.data.run_result
            failed = result.status not in GOOD
            if node.resource_type in TESTS and not failed and not self._is_last:
                return
            self._progress.node(
                self._done,
                self._total,
                node.node_name,
                result.execution_time,
                result.status.upper() if failed else None,
            )

    @property
    def _is_last(self) -> bool:
        return self._done == self._total


@contextmanager
def _without_needless_work() -> Iterator[None]:
    """Within, dbt builds without what costs much and changes nothing.

    Python looks for garbage ever anew among the objects of the parsed project, all of
    which stay. dbt puts each test before what it would stop, also where no test runs,
    and writes its manifest before the build as well as after it. Together they take a
    third of the build of a small company.
    """
    from dbt.artifacts.resources.types import NodeType
    from dbt.parser import manifest
    from dbt.task import build

    def compile_manifest(task: Any) -> None:
        runs_tests = NodeType.Test in task.resource_types()
        task.graph = task.compiler.compile(task.manifest, add_test_edges=runs_tests)

    replaced: list[tuple[Any, str, Any]] = [
        (build.BuildTask, "compile_manifest", compile_manifest),
        (manifest, "write_manifest", lambda *_: None),
    ]
    before = [getattr(owner, name) for owner, name, _ in replaced]
    collects = gc.isenabled()
    gc.disable()
    for owner, name, own in replaced:
        setattr(owner, name, own)
    try:
        yield
    finally:
        for (owner, name, _), own in zip(replaced, before, strict=True):
            setattr(owner, name, own)
        if collects:
            gc.enable()


def _close_connections() -> None:
    """dbt-duckdb keeps its file open in the process; publishing needs it closed."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    manager: Any = DuckDBConnectionManager
    if manager._ENV is not None:
        manager._ENV.close()
    manager.close_all_connections()
    gc.collect()
