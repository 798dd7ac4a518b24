"""YAML in which every value stays text and every complaint names its file and key."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

import yaml

from inference_revenue.errors import UserError

_NULLS = {"", "~", "null"}


@dataclass(frozen=True)
class Node:
    """A value in a YAML file, with the place where it stands."""

    file_name: str
    place: str
    value: object

    def error(self, what: str) -> UserError:
        """One sentence that tells an author where to look."""
        where = f"{self.place}: " if self.place else ""
        return UserError(f"{self.file_name}: {where}{what}")

    @property
    def is_empty(self) -> bool:
        """True where nothing was written, or null."""
        return isinstance(self.value, str) and self.value in _NULLS

    def pairs(self, known: Set[str] | None = None) -> dict[str, "Node"]:
        """The 'name: value' pairs, none where nothing was written.

        Raises:
            UserError: it is not a mapping, or has a name that is not known.
        """
        if self.is_empty:
            return {}
        if not isinstance(self.value, dict):
            raise self.error("'name: value' pairs are needed here")
        dot = "." if self.place else ""
        found = {
            name: Node(self.file_name, f"{self.place}{dot}{name}", value)
            for name, value in self.value.items()
        }
        for name, node in found.items():
            if known is not None and name not in known:
                raise node.error(f"unknown key; known are {', '.join(sorted(known))}")
        return found

    def elements(self) -> list["Node"]:
        """The elements of a list."""
        if not isinstance(self.value, list):
            raise self.error("a list is needed here")
        return [
            Node(self.file_name, f"{self.place}[{index}]", element)
            for index, element in enumerate(self.value)
        ]

    def scalar(self) -> str | None:
        """One value as text, None for null."""
        if not isinstance(self.value, str):
            raise self.error("one value is needed here")
        return None if self.is_empty else self.value

    def text(self) -> str:
        """One value that must be there."""
        value = self.scalar()
        if value is None:
            raise self.error("a value is needed here")
        return value


def read_yaml(file: Path) -> Node:
    """The content of a YAML file.

    Raises:
        UserError: it cannot be read, with the line where YAML has a line.
    """
    try:
        # Composed, not loaded: nothing is resolved, so 0.1 keeps its digits and
        # 2026-01 stays a period.
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        return Node(file.name, "", "" if root is None else _plain(root))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(f"{file.name}: line {line}: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{file.name}: it cannot be read ({error})") from error


def _plain(node: yaml.Node) -> object:
    """Text, lists and dictionaries; a key that stands twice is refused."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(element) for element in node.value]
    if not isinstance(node, yaml.MappingNode):
        return str(node.value)
    pairs: dict[str, object] = {}
    for name, value in node.value:
        if name.value in pairs:
            raise yaml.MarkedYAMLError(
                problem=f"'{name.value}' is written twice", problem_mark=name.start_mark
            )
        pairs[str(name.value)] = _plain(value)
    return pairs
