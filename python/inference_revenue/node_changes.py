"""Which nodes of a build read something that changed, and what dbt made of their code.

The work file of a run that goes on is a copy of the published one, which is what a
build of its sources by the same code gives. So a node whose parents hold what they held
would come out as it is: it is kept. A node that is built and comes out as it was leaves
the nodes that read it kept. Nothing but the sources has to be compared with the run
before.

The code of a node that asks the database nothing while dbt compiles it makes the same
statements each time; those of the last build are stored beside the tables in
built.statements, and repeated. What staging asks is the form of its landed table, as
text or as Parquet: its statements are repeated while that form is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa

from inference_revenue.sources_read import LANDED, OF_LANDING, plain_id


class NodeChanges:
    """What is known of the nodes of one build while it goes on.

    Args:
        sources: the sources that changed since the work file was built; None if it is
            empty, so that every node is built.
        statements: by node, what dbt made of its code when the file was built.
        forms: the landed tables that have another form than then.
    """

    def __init__(
        self,
        sources: Iterable[str] | None = None,
        statements: Iterable[tuple[str, str]] = (),
        forms: Iterable[str] = (),
    ) -> None:
        self.from_nothing = sources is None
        self._changed = set(sources or ())
        self._statements = dict(statements)
        self._forms = set(forms)
        self._compiled: dict[str, str] = {}
        self._readers: dict[str, list[Any]] | None = None

    def reach(self, node: Any) -> bool:
        """Whether a node reads anything that changed."""
        if self.from_nothing:
            return True
        if node.resource_type == "seed":
            return plain_id(node.unique_id) in self._changed
        parents = parents_of(node)
        if reads_landed(node):
            parents -= OF_LANDING
        return not self._changed.isdisjoint(parents)

    def matter(self, node: Any, nodes: Iterable[Any]) -> bool:
        """Whether some node would be kept if this one came out as it was."""
        if self.from_nothing or node.config.materialized == "view":
            return False
        if self._readers is None:
            readers: dict[str, list[Any]] = {}
            for reader in nodes:
                if reader.resource_type == "model":
                    for parent in parents_of(reader):
                        readers.setdefault(parent, []).append(reader)
            self._readers = readers
        name = plain_id(node.unique_id)
        return any(not self.reach(reader) for reader in self._readers.get(name, ()))

    def note(self, node: Any) -> None:
        """A node came out otherwise, or nobody compared."""
        self._changed.add(plain_id(node.unique_id))

    def statement(self, node: Any) -> str | None:
        """What dbt would make of the node's code, if that is known."""
        if not self._forms.isdisjoint(parents_of(node)):
            return None
        return self._statements.get(node.unique_id)

    def compiled(self, node: Any, statement: str) -> None:
        """What dbt made of the code of a node, where it would make it again."""
        self._compiled[node.unique_id] = statement

    def write(self, con: duckdb.DuckDBPyConnection) -> None:
        """Store the statements of this build."""
        con.execute("create schema if not exists built")
        con.execute(
            "create table if not exists built.statements"
            " (node varchar, statement varchar)"
        )
        if not self._compiled:
            return
        table = pa.table({
            "node": list(self._compiled), "statement": list(self._compiled.values()),
        })  # fmt: skip
        con.register("compiled", table)
        con.execute(
            "delete from built.statements where node in (select node from compiled)"
        )
        con.execute("insert into built.statements by name from compiled")
        con.unregister("compiled")


def reads_landed(node: Any) -> bool:
    """Whether a node is staging: it reads a table as it was landed."""
    return any(parent.startswith(LANDED) for parent in parents_of(node))


def parents_of(node: Any) -> set[str]:
    """What a node reads, by plain ids."""
    return {plain_id(parent) for parent in node.depends_on_nodes}


def statements_of(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """The statements stored in a file that was built; none if dbt built it alone."""
    found = con.execute(
        "select 1 from information_schema.tables where table_catalog ="
        " current_catalog() and table_schema = 'built' and table_name = 'statements'"
    ).fetchone()
    if not found:
        return []
    return con.execute("select node, statement from built.statements").fetchall()
