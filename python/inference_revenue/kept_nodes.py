"""Runs the nodes of dbt's build that something changed for, and keeps the others.

dbt looks up in one table which class runs a node of a build. While a run builds, models
and seeds are run by the classes below, which leave to dbt what they do not know better.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from dbt.artifacts.resources.types import NodeType
from dbt.artifacts.schemas.results import RunStatus, collect_timing_info
from dbt.artifacts.schemas.run import RunResult
from dbt.task.build import BuildTask
from dbt.task.run import ModelRunner
from dbt.task.seed import SeedRunner
from dbt_common.exceptions import DbtDatabaseError

from inference_revenue.node_changes import NodeChanges, reads_landed
from inference_revenue.table_digest import table_digest

KINDS = ("table", "view")


@contextmanager
def built_by(changes: NodeChanges) -> Iterator[None]:
    """Within, builds of this process keep what the changes do not reach."""
    before = dict(BuildTask.RUNNER_MAP)
    _Runner.changes = changes
    BuildTask.RUNNER_MAP.update({NodeType.Model: _Runner, NodeType.Seed: _SeedRunner})
    try:
        yield
    finally:
        BuildTask.RUNNER_MAP.update(before)


class _Runner(ModelRunner):
    """Keeps a node, repeats its statements, or leaves it to dbt."""

    changes: NodeChanges

    def compile_and_execute(self, manifest: Any, ctx: Any) -> Any:
        changes, node = self.changes, self.node
        if not changes.reach(node):
            return self._done(RunStatus.NoOp, "KEPT")
        is_compared = changes.matter(node, manifest.nodes.values())
        before = self._digest() if is_compared else None
        statement = changes.statement(node)
        if statement is None:
            result = super().compile_and_execute(manifest, ctx)
        else:
            with collect_timing_info("execute", ctx.timing.append):
                result = self._repeat(statement)
        if before is None or before != self._digest():
            changes.note(node)
        return result

    def compile(self, manifest: Any) -> Any:
        compiled = super().compile(manifest)
        # dbt opens a connection when a node first needs one
        self.has_asked = (
            self.adapter.connections.get_thread_connection().state == "open"
        )
        return compiled

    def execute(self, model: Any, manifest: Any) -> Any:
        result = super().execute(model, manifest)  # type: ignore[no-untyped-call]
        is_sql = model.language == "sql" and model.config.materialized in KINDS
        # a digest taken before opens the connection too, but then nothing is new
        is_plain = self.changes.from_nothing and not self.has_asked
        if is_sql and (is_plain or reads_landed(model)):
            written = Path(self.config.project_root, model.build_path)
            statement = written.read_text(encoding="utf-8")
            if self._is_whole(statement):
                self.changes.compiled(model, statement)
        return result

    def _is_whole(self, statement: str) -> bool:
        """Whether it makes the node's own relation, and nothing has to follow.

        A materialization of dbt's own makes another one and renames it.
        """
        config = self.node.config
        makes = rf"create\s+(table|view)\s+{re.escape(self._relation)}\s"
        return not (config.pre_hook or config.post_hook) and bool(
            re.search(makes, statement)
        )

    def _repeat(self, statement: str) -> RunResult:
        kind = self.node.config.materialized
        with self._cursor() as cursor:
            try:
                cursor.execute("begin")
                cursor.execute(f"drop {kind} if exists {self._relation}")
                cursor.execute(statement)
                cursor.execute("commit")
            except duckdb.Error as error:
                cursor.execute("rollback")
                raise DbtDatabaseError(str(error), node=self.node) from error
        # as dbt does: what asks whether a relation is there is answered from its cache
        made = self.adapter.Relation.create_from(self.config, self.node, type=kind)
        self.adapter.cache_added(made.incorporate(dbt_created=True))
        return self._done(RunStatus.Success, "OK")

    def _digest(self) -> str:
        with self._cursor() as cursor:
            return table_digest(cursor, self._relation)

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with self.adapter.connection_named(self.node.unique_id, self.node):
            yield self.adapter.connections.get_thread_connection().handle.cursor()

    @property
    def _relation(self) -> str:
        return str(self.adapter.Relation.create_from(self.config, self.node).render())

    def _done(self, status: RunStatus, message: str) -> RunResult:
        return RunResult(
            node=self.node,
            status=status,
            timing=[],
            thread_id=threading.current_thread().name,
            execution_time=0.0,
            message=message,
            adapter_response={},
            failures=None,
            batch_results=None,
        )


class _SeedRunner(_Runner, SeedRunner):
    """A seed is not compiled."""

    has_asked = True
