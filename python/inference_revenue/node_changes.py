"""Which nodes of a build read something that changed, and what dbt made of their code.

The work file of a run that goes on is a copy of the published one, which is what a
build of its sources by the same code gives. So a node whose parents hold what they held
would come out as it is: it is kept. A node that is built and comes out as it was leaves
the nodes that read it kept. Nothing but the sources has to be compared with the run
before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inference_revenue.sources_read import LANDED, OF_LANDING, plain_id
from inference_revenue.statements import Statements


class NodeChanges:
    """What is known of the nodes of one build while it goes on.

    Args:
        statements: what dbt made of the code of nodes before.
        sources: the sources that changed since the work file was built; None if it is
            empty, so that every node is built.
    """

    def __init__(
        self, statements: Statements, sources: Iterable[str] | None = None
    ) -> None:
        self.statements = statements
        self.from_nothing = sources is None
        self._changed = set(sources or ())
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
        return self.statements.of(node.unique_id, parents_of(node))

    def compiled(self, node: Any, statement: str) -> None:
        """What dbt made of the code of a node, where it would make it again."""
        self.statements.note(node.unique_id, parents_of(node), statement)


def reads_landed(node: Any) -> bool:
    """Whether a node is staging: it reads a table as it was landed."""
    return any(parent.startswith(LANDED) for parent in parents_of(node))


def parents_of(node: Any) -> set[str]:
    """What a node reads, by plain ids."""
    return {plain_id(parent) for parent in node.depends_on_nodes}
