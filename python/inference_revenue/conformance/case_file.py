"""A worked case: what its YAML file says, as text, variants taken apart."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from inference_revenue.conformance.yaml_text import Node, read_yaml
from inference_revenue.errors import UserError

Row = dict[str, str | None]
Pick = str | None | tuple[str | None, ...]
Kind = Literal["rows", "exists", "absent"]
KeyOf = Callable[[str], Sequence[str]]

_KINDS: tuple[Kind, ...] = ("rows", "exists", "absent")
_LAYER = {"as_of", "time_zone", "inputs", "expect"}
_CASE_KEYS = _LAYER | {"id", "title", "source", "note", "variants"}
_VARIANT_KEYS = _LAYER | {"id", "note"}
# Two underscores would end the prefix that keeps cases apart (see isolation.py).
_CASE_ID = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")


@dataclass(frozen=True)
class Expectation:
    """What an author expects of a mart: a row of sums, or that rows are (not) there."""

    mart: str
    kind: Kind
    values: Mapping[str, Pick]
    place: str


@dataclass(frozen=True)
class Case:
    """One case, or one variant of it: facts in, figures out."""

    case_id: str
    file_name: str
    as_of: str | None
    time_zone: str | None
    inputs: Mapping[str, Sequence[Row]]
    expectations: Sequence[Expectation]

    def error(self, place: str, what: str) -> UserError:
        """One sentence that names the file and the key."""
        return UserError(f"{self.file_name}: {place}: {what}")


def read_cases(files: Iterable[Path], key_of: KeyOf) -> list[Case]:
    """All cases of the files, each variant as a case of its own.

    Args:
        files: YAML files, one case each, named after its id.
        key_of: the key columns of an input table (a variant's rows merge on them).

    Raises:
        UserError: a file is not a case, in one sentence with file and key.
    """
    cases = [case for file in files for case in read_case_file(file, key_of)]
    files_by_id: dict[str, str] = {}
    for case in cases:
        other = files_by_id.setdefault(case.case_id, case.file_name)
        if other != case.file_name:
            raise case.error("id", f"'{case.case_id}' stands in {other} too")
    return cases


def read_case_file(file: Path, key_of: KeyOf) -> list[Case]:
    """The case of one file, or one case for each of its variants."""
    root = read_yaml(file)
    layer = root.pairs(_CASE_KEYS)
    for needed in ("id", "title", "source"):
        if needed not in layer:
            raise root.error(f"{needed}: it is missing")
    case_id = _id(layer["id"])
    layer["title"].text()
    for part in layer["source"].pairs({"standard", "page"}).values():
        part.text()
    if case_id != file.stem:
        raise layer["id"].error(f"'{case_id}' is not the name of the file")
    if "variants" not in layer:
        return [_case(root, case_id, [layer], key_of)]
    variants = [node.pairs(_VARIANT_KEYS) for node in layer["variants"].elements()]
    if not variants or any("id" not in variant for variant in variants):
        raise layer["variants"].error("a list is needed here, each entry with an id")
    ids = [_id(variant["id"]) for variant in variants]
    if len(set(ids)) < len(ids):
        raise layer["variants"].error("two variants have the same id")
    return [
        _case(root, f"{case_id}.{variant_id}", [layer, variant], key_of)
        for variant_id, variant in zip(ids, variants, strict=True)
    ]


def _id(node: Node) -> str:
    if not _CASE_ID.fullmatch(node.text()):
        raise node.error("use a-z and 0-9, with single - _ . between them")
    return node.text()


def _case(
    root: Node, case_id: str, layers: Sequence[Mapping[str, Node]], key_of: KeyOf
) -> Case:
    """A case from its layers: what is common, then the variant over it."""
    as_of: str | None = None
    time_zone: str | None = None
    inputs: dict[str, list[Row]] = {}
    expectations: list[Expectation] = []
    for layer in layers:
        as_of = layer["as_of"].scalar() if "as_of" in layer else as_of
        time_zone = layer["time_zone"].scalar() if "time_zone" in layer else time_zone
        if "inputs" in layer:
            _lay_over(inputs, layer["inputs"], key_of)
        if "expect" in layer:
            expectations += _expectations(layer["expect"])
    if not inputs or not expectations:
        raise root.error(f"{case_id} needs both inputs and expect")
    return Case(
        case_id=case_id,
        file_name=root.file_name,
        as_of=as_of,
        time_zone=time_zone,
        inputs=inputs,
        expectations=expectations,
    )


def _lay_over(inputs: dict[str, list[Row]], given: Node, key_of: KeyOf) -> None:
    """Add rows; one with the key of a row of an earlier layer changes that row.

    With another `recorded_at` it is a later version and is added.
    """
    for table, rows in given.pairs().items():
        present = inputs.setdefault(table, [])
        earlier = list(present)
        key = key_of(table) if earlier else ()
        for node in rows.elements():
            row = {name: value.scalar() for name, value in node.pairs().items()}
            same = [
                old
                for old in earlier
                if all(old.get(column) == row.get(column) for column in key)
                and row.get("recorded_at") in (None, old.get("recorded_at"))
            ]
            if same:
                same[0].update(row)
            else:
                present.append(row)


def _expectations(given: Node) -> list[Expectation]:
    """A list of rows for each mart, or lists under `rows`, `exists`, `absent`."""
    found: list[Expectation] = []
    for mart, node in given.pairs().items():
        lists = (
            {"rows": node} if isinstance(node.value, list) else node.pairs(set(_KINDS))
        )
        found += [
            Expectation(
                mart=mart,
                kind=kind,
                values={name: _pick(value) for name, value in entry.pairs().items()},
                place=entry.place,
            )
            for kind in _KINDS
            if kind in lists
            for entry in lists[kind].elements()
        ]
    return found


def _pick(node: Node) -> Pick:
    if isinstance(node.value, list):
        return tuple(element.scalar() for element in node.elements())
    return node.scalar()
